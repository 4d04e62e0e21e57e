/** How many bytes a value takes as JSON. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/**
 * The first items that fit, as elements of a JSON array.
 * @param bytes for the items and the commas between them, the brackets not counted
 */
export function fitItems<T>(items: readonly T[], bytes: number): T[] {
  if (bytes === Infinity) return [...items];
  let left = bytes;
  const cut = items.findIndex((item) => {
    left -= jsonBytes(item) + 1;
    return left < 0;
  });
  return cut < 0 ? [...items] : items.slice(0, cut);
}
