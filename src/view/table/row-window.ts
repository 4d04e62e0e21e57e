/** Which rows of a long list are drawn. */
export interface RowWindow {
  first: number;
  /** One past the last. */
  end: number;
}

/** A window moves in steps, so that most frames of a scroll draw nothing anew; measured against 2 and 16. */
const STEP = 8;

/** Rows around those that are seen: a browser may scroll on before it has drawn. */
const AROUND = 8;

/**
 * Those rows that are seen and a few around them.
 * @param scrollTop px from the list's start
 * @param height px that are seen
 * @param rowHeight px, above 0
 */
export function toRowWindow(scrollTop: number, height: number, rowHeight: number, count: number): RowWindow {
  const seen = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const first = Math.max(0, Math.floor(seen / STEP) * STEP - AROUND);
  const end = Math.min(count, first + Math.ceil(height / rowHeight) + 2 * AROUND + STEP);
  return { first: Math.min(first, end), end };
}

/** Where to scroll so that a row is seen whole; the present place when it is. */
export function scrollToSee(index: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}

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
