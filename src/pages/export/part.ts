/** A piece of a text, cut between lines. Put together in order, the pieces are the text. */
export interface Part {
  text: string;
  /** Lines before it. */
  offset: number;
  /** Lines in it, those left out for their length not counted. */
  lines: number;
  /** Lines of the whole. */
  of: number;
  /** Numbers of lines, from 1, that alone are longer than a part may be, and are not in it. */
  tooLong: number[];
  /** The offset of the next part; null when this is the last. */
  next: number | null;
}

/**
 * Cuts the part that begins at a line and ends before it would hold more bytes than allowed.
 * @param offset lines to skip; from the number of lines on, the part is empty
 * @param maxBytes of UTF-8, at least 1; what a line break takes is counted
 */
export function cutPart(text: string, offset: number, maxBytes: number): Part {
  const lines = text.split(/(?<=\n)/).filter((line) => line !== "");
  const tooLong: number[] = [];
  const taken: string[] = [];
  let bytes = 0;
  let at = Math.min(offset, lines.length);
  const first = at;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const size = Buffer.byteLength(line);
    if (size > maxBytes) tooLong.push(at + 1);
    else if (bytes + size > maxBytes) break;
    else {
      bytes += size;
      taken.push(line);
    }
  }
  return {
    text: taken.join(""),
    offset: first,
    lines: taken.length,
    of: lines.length,
    tooLong,
    next: at < lines.length ? at : null,
  };
}
