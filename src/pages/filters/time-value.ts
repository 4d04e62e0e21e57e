const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2})[:-](\d{2})(?:[:-](\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/;

/** The years that four digits can write; an offset may lead out of them. */
const FIRST_MS = Date.parse("0000-01-01T00:00:00Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59Z");

/**
 * Reads a time as the upstream writes it (`2026-01-31 12:00:00 +00:00`, documented also with dashes in the
 * clock part), as ISO 8601, or as a bare date (midnight UTC). Without an offset it is UTC.
 * @returns ms since the epoch, or undefined when it is none of these or no real date
 */
export function parseTime(text: string): number | undefined {
  const parts = FORM.exec(text.trim());
  if (parts === null) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = "Z"] = parts;
  const offset = zone === "Z" ? "Z" : zone.replace(/^([+-]\d{2}):?(\d{2})$/, "$1:$2");
  const epochMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  if (Number.isNaN(epochMs) || epochMs < FIRST_MS || epochMs > LAST_MS) return undefined;
  // Date.parse takes 31 February for 3 March.
  const isRealDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return isRealDay ? epochMs : undefined;
}

/** ms since the epoch → `2026-01-31 12:00:00 +00:00`, the form of answers and filters. */
export function toUpstreamTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace("T", " ")} +00:00`;
}
