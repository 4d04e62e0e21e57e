import type { HostContext } from "./host.ts";
import type { Port } from "./peer.ts";

/** The window around this one. A host's sandbox has no origin to name, so messages are told apart by their source. */
export function createWindowPort(own: Window): Port {
  return {
    send: (message) => own.parent.postMessage(message, "*"),
    listen: (receive) => {
      const listener = (event: MessageEvent) => {
        if (event.source === own.parent) receive(event.data);
      };
      own.addEventListener("message", listener);
      return () => own.removeEventListener("message", listener);
    },
  };
}

/** Tells the height of what is shown whenever it changes, so that a host can give it room. */
export function watchHeight(content: Element, say: (height: number) => void): () => void {
  let said = 0;
  const observer = new ResizeObserver(() => {
    const height = Math.ceil(content.getBoundingClientRect().height);
    if (height === said) return;
    said = height;
    say(height);
  });
  observer.observe(content);
  return () => observer.disconnect();
}

const VARIABLE = /^--(?:color|font|border|shadow)-[a-z0-9-]+$/;

/** The host's theme, colours and edges, set where the style sheet reads them; what it does not tell stays ours. */
export function applyContext(root: HTMLElement, { theme, variables = {}, safeArea }: HostContext): void {
  if (theme !== undefined) root.style.colorScheme = theme;
  for (const [name, value] of Object.entries(variables)) {
    if (VARIABLE.test(name)) root.style.setProperty(name, value);
  }
  if (safeArea === undefined) return;
  for (const [side, pixels] of Object.entries(safeArea)) root.style.setProperty(`--safe-${side}`, `${pixels}px`);
}
