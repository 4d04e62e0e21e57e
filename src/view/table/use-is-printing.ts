import { options } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Whether the page is being printed: then every row is drawn, before the browser lays out its sheets. */
export function useIsPrinting(): boolean {
  const [isPrinting, setIsPrinting] = useState(false);
  useEffect(() => {
    const change = (to: boolean) => () => drawAtOnce(() => setIsPrinting(to));
    const [before, after] = [change(true), change(false)];
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  return isPrinting;
}

/** The browser prints what stands there when the event is over, so nothing may be put off. */
function drawAtOnce(change: () => void): void {
  const usual = options.debounceRendering;
  options.debounceRendering = (draw) => draw();
  change();
  if (usual === undefined) delete options.debounceRendering;
  else options.debounceRendering = usual;
}
