import type { HostContext } from "../bridge/host-context.ts";

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
