import { useStore } from "../state/store-context.ts";

/** Between the conversation and the whole window, where the host has both. */
export function FullScreenButton() {
  const { host, context, said } = useStore();
  const { displayMode, displayModes = [] } = context.value;
  const to = displayMode === "fullscreen" ? "inline" : "fullscreen";
  const at = host.value;
  if (at === null || !displayModes.includes(to)) return null;
  const request = () =>
    at.requestDisplayMode(to).catch(() => {
      said.value = "The host did not change its size.";
    });
  return (
    <button type="button" onClick={() => void request()}>
      {to === "fullscreen" ? "Full screen" : "Back into the conversation"}
    </button>
  );
}
