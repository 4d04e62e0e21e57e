const MAX_CHARS = 200;

/** Controls, line separators, bidirectional and invisible marks: what could forge a line, or hide a part of one. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Text from outside as a field of the log: one line, what cannot be seen as `?`, at most 200 characters and `…`. */
export function toLogText(text: string): string {
  // Cut first as well: what follows is never looked at, however long it is.
  const clean = text.slice(0, MAX_CHARS + 1).replace(UNSEEN, "?");
  return clean.length > MAX_CHARS ? `${clean.slice(0, MAX_CHARS)}…` : clean;
}
