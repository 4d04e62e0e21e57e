/** The value of a label outside its closed set: time series must not grow with what clients send. */
const OTHER = "other";

/** The value itself where it is one of those known, `other` else. */
export function createBound(known: readonly string[]): (value: string) => string {
  const values = new Set(known);
  return (value) => (values.has(value) ? value : OTHER);
}

/** HTTP status codes as they are, `other` for what is none. */
export function toStatusLabel(status: number): string {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? String(status) : OTHER;
}
