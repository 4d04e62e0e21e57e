import type { ReadResourceResult } from "@modelcontextprotocol/server";
import { AppError } from "../../errors.ts";
import { cutPart, type Part } from "../../pages/export/part.ts";
import { formatCount } from "../../pages/text.ts";

/**
 * What one read returns at most. Hosts put a resource into the model's context as it is: at three to four bytes a
 * token this is well under half of a common window. A thousand rows or pages as CSV mostly fit.
 */
export const MAX_READ_BYTES = 256 * 1024;

/** Under this name stands what the note says, for programs. */
export const PART_META = "domain-pages-mcp/part";

/**
 * The part of a text that a read asks for by `?offset=`, in lines. Where that is not the whole, a second content item
 * says what is missing and which URI goes on; it is a text of its own and cannot be taken for data.
 * @throws {AppError} `input` for an offset that is no count, or another query
 */
export function readPart(uri: URL, mimeType: string, text: string): ReadResourceResult {
  const part = cutPart(text, readOffset(uri), MAX_READ_BYTES);
  const content = { uri: uri.href, mimeType, text: part.text };
  if (part.offset === 0 && part.next === null && part.tooLong.length === 0) return { contents: [content] };
  const base = uri.href.split(/[?#]/, 1)[0] ?? "";
  const next = part.next === null ? null : `${base}?offset=${part.next}`;
  const note = { uri: `${base}#part`, mimeType: "text/plain", text: describePart(part, next) };
  const last = part.next ?? part.of;
  const meta = { first_line: part.offset + 1, last_line: last, lines: part.of, too_long: part.tooLong, next };
  return { contents: [content, note], _meta: { [PART_META]: meta } };
}

function readOffset({ searchParams }: URL): number {
  const [strange] = [...searchParams.keys()].filter((name) => name !== "offset");
  const written = searchParams.get("offset") ?? "0";
  if (strange === undefined && /^\d{1,9}$/.test(written)) return Number(written);
  throw new AppError("input", "The only query of a resource is ?offset= with a number of lines to skip.");
}

/** How many lines are named that alone are too long. */
const MAX_NAMED = 5;

function describePart({ offset, of, next, tooLong }: Part, nextUri: string | null): string {
  if (offset >= of) return `Not data: there are only ${formatCount(of)} lines, so nothing is behind this offset.`;
  const lines = `lines ${formatCount(offset + 1)} to ${formatCount(next ?? of)} of ${formatCount(of)}`;
  const named = tooLong.slice(0, MAX_NAMED).map(formatCount).join(", ");
  const more = tooLong.length > MAX_NAMED ? ` and ${formatCount(tooLong.length - MAX_NAMED)} more` : "";
  return [
    `Not data: this read holds ${lines}; one read returns at most ${MAX_READ_BYTES / 1024} kB.`,
    ...(tooLong.length === 0
      ? []
      : [`Too long for any read and left out: line ${named}${more}; "domain-pages-mcp export" writes them.`]),
    nextUri === null ? "This is the last part." : `It goes on at ${nextUri}`,
  ].join(" ");
}
