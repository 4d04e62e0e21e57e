import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  UriTemplate,
  type Variables,
} from "@modelcontextprotocol/server";
import { AppError, describeFailure } from "../errors.ts";
import type { Lines } from "../lists/export-files.ts";
import { formatCount } from "../lists/text.ts";
import type { Log } from "../log.ts";
import { describeDefect } from "./tool-result.ts";

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
export async function readPart(uri: URL, mimeType: string, text: string | Lines): Promise<ReadResourceResult> {
  const part = cutPart(text, await readOffset(uri), MAX_READ_BYTES);
  const content = { uri: uri.href, mimeType, text: part.text };
  if (part.offset === 0 && part.next === null && part.tooLong.length === 0) return { contents: [content] };
  const base = uri.href.split(/[?#]/, 1)[0] ?? "";
  const next = part.next === null ? null : `${base}?offset=${part.next}`;
  const note = { uri: `${base}#part`, mimeType: "text/plain", text: describePart(part, next) };
  const last = part.next ?? part.of;
  const meta = { first_line: part.offset + 1, last_line: last, lines: part.of, too_long: part.tooLong, next };
  return { contents: [content, note], _meta: { [PART_META]: meta } };
}

async function readOffset({ searchParams }: URL): Promise<number> {
  if (searchParams.size === 0) return 0;
  // Loaded where there is something to read: every start would pay for it.
  const { isAddedByClient, isLeftOut } = await import("../lists/arguments.ts");
  const [strange] = [...searchParams.keys()].filter((name) => name !== "offset" && !isAddedByClient(name));
  const written = searchParams.get("offset");
  const offset = isLeftOut(written) ? "0" : (written ?? "0").trim();
  if (strange === undefined && /^\d{1,9}$/.test(offset)) return Number(offset);
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

/**
 * A template that matches with and without a query. The SDK's own takes a query for part of the last variable where
 * the template has none, and wants one where it has.
 */
export class QueryTemplate extends UriTemplate {
  readonly #bare: UriTemplate;

  constructor(template: string) {
    super(template);
    this.#bare = new UriTemplate(template.replace(/\{\?[^}]*\}$/, ""));
  }

  override match(uri: string): Variables | null {
    return this.#bare.match(uri.split(/[?#]/, 1)[0] ?? "");
  }
}

/**
 * Wraps the reader of a resource so that only our words reach the client: the SDK would pass any message on as it is.
 * A refusal of what was asked for becomes "not found"; of anything else nothing but a reference is told, which stands
 * beside the details on stderr.
 */
export function withResourceErrors<Rest extends unknown[], Result>(
  read: (uri: URL, ...rest: Rest) => Promise<Result>,
  log: Log,
): (uri: URL, ...rest: Rest) => Promise<Result> {
  return async (uri, ...rest) => {
    try {
      return await read(uri, ...rest);
    } catch (error) {
      throw toProtocolError(error, uri, log);
    }
  };
}

function toProtocolError(error: unknown, uri: URL, log: Log): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (error instanceof AppError) {
    log.info("resource.refused", { kind: error.kind, message: error.message });
    const words = describeFailure(error);
    return error.kind === "input"
      ? new ResourceNotFoundError(uri.href, words)
      : new ProtocolError(ProtocolErrorCode.InternalError, words);
  }
  const words = describeDefect(error, log, "resource.defect", "Nothing was charged.");
  return new ProtocolError(ProtocolErrorCode.InternalError, words);
}

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
export function cutPart(text: string | Lines, offset: number, maxBytes: number): Part {
  const lines = typeof text === "string" ? toLines(text) : text;
  const tooLong: number[] = [];
  const taken: string[] = [];
  let bytes = 0;
  let at = Math.min(offset, lines.count);
  const first = at;
  for (; at < lines.count; at += 1) {
    const line = lines.at(at);
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
    of: lines.count,
    tooLong,
    next: at < lines.count ? at : null,
  };
}

/** At most four bytes a character: no piece is too long for a read. */
const PIECE = /[^\n]{1,60000}\n?|\n/gu;

/**
 * A text by its lines, those cut that are too long for a read: of what came from elsewhere, the whole may be one line.
 * Put together, the pieces are the text.
 */
export function toPieces(text: string): Lines {
  const pieces = text.match(PIECE) ?? [];
  return { count: pieces.length, at: (index) => pieces[index] ?? "" };
}

function toLines(text: string): Lines {
  const lines = text.split(/(?<=\n)/).filter((line) => line !== "");
  return { count: lines.length, at: (index) => lines[index] ?? "" };
}
