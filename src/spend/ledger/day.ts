const DAY_FORM = /^\d{4}-\d{2}-\d{2}$/;

/** The UTC day of a time in ms since the epoch, `2026-11-24`. */
export function toDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** Whether a text is a day that the calendar has: `2026-02-30` is none. */
export function isDay(text: string): boolean {
  if (!DAY_FORM.test(text)) return false;
  const epochMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(epochMs) && toDay(epochMs) === text;
}
