/** `Wed, 21 Oct 2026 07:28:00 GMT`: the one form of an HTTP date that is still to be written (RFC 9110, 5.6.7). */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** About eleven days; whoever names more has a wrong clock or means never. */
const MAX_SECONDS = 999_999;

/**
 * The wait that a `Retry-After` header names, in either of its forms.
 * @param at when the reply came, ms since 1970; without it a date cannot be read
 * @returns ms, 0 for a date that has passed; undefined when there is no header, or none that makes sense
 */
export function readRetryAfter(header: string | undefined, at: number | undefined): number | undefined {
  const seconds = toSeconds(header?.trim() ?? "", at);
  return seconds !== undefined && seconds <= MAX_SECONDS ? seconds * 1000 : undefined;
}

function toSeconds(text: string, at: number | undefined): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (at === undefined || !HTTP_DATE.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - at) / 1000));
}
