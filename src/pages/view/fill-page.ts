import type { ViewFile } from "./view-data.ts";

/** Where the page keeps what it is to show; empty in the page that a host gets, which is told by the host. */
const OPENING = '<script type="application/json" id="view-file">';
const EMPTY = `${OPENING}null</script>`;

/** What could end the element early, or be read as markup; two line separators for the sake of old parsers. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/**
 * The page with everything in it that it shows.
 * @throws {Error} when the page has no such place, or several
 */
export function fillPage(html: string, file: ViewFile): string {
  const [before, after, ...more] = html.split(EMPTY);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error("the view's page does not have exactly one place for its data");
  }
  const json = JSON.stringify(file).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${before}${OPENING}${json}</script>${after}`;
}
