/** Longer than any address or title that is read rather than copied. */
const MAX_CHARS = 600;

/** A stranger's text as far as anybody reads it; a cut is marked. */
export const shorten = (text: string, maxChars = MAX_CHARS): string =>
  text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;

/** An address as it is read in a list about one target: without the scheme, and without the host where that is the target. */
export function toShownUrl(url: string, target: string): string {
  const bare = url.replace(/^https?:\/\//i, "");
  const path = bare.startsWith(`${target}/`) ? bare.slice(target.length) : bare;
  return shorten(path === "" ? url : path);
}
