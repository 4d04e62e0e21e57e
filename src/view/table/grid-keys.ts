/** Which row a key leads to from the active one; null for a key that moves nothing. */
export function moveByKey(key: string, active: number, count: number, perPage: number): number | null {
  const to = TARGETS[key]?.(active, count, perPage);
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

const TARGETS: Readonly<Record<string, (active: number, count: number, perPage: number) => number>> = {
  ArrowDown: (active) => active + 1,
  ArrowUp: (active) => active - 1,
  PageDown: (active, _count, perPage) => active + perPage,
  PageUp: (active, _count, perPage) => active - perPage,
  Home: () => 0,
  End: (_active, count) => count - 1,
};
