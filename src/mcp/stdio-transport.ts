import type { Readable, Writable } from "node:stream";
import {
  isJSONRPCRequest,
  isJSONRPCResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  parseJSONRPCMessage,
  type RequestId,
  type Transport,
} from "@modelcontextprotocol/server";
import { cancelledId } from "./http/tagged-transport.ts";

export interface StdioTransportOptions {
  /** Longest line that is taken; what comes beyond it is thrown away up to the line's end. @default 10 MiB */
  maxLineBytes?: number;
}

/** What the SDK takes; no message of ours comes near. */
const MAX_LINE_BYTES = 10 * 1024 * 1024;

/** What answers at length. */
const HELD_METHODS = new Set(["tools/call", "resources/read"]);

/**
 * Requests handed on at once: an answer may have hundreds of kB, and is held until it is read. Notifications and answers
 * of the client pass by those that wait.
 */
const MAX_UNDER_WAY = 64;

/** Requests that wait for others, before nothing more is read. */
const MAX_HELD = 1000;

/** As over HTTP. */
const MAX_BATCH = 100;

/** JSON-RPC's code for a request whose form is wrong. */
const INVALID_REQUEST = -32600;

/**
 * Messages over a pair of streams, a line each. Beyond the SDK's own transport it drops a byte order mark, takes batches
 * (revision 2025-03-26 demands it), survives lines that are too long, and reads no further while nobody takes its answers.
 */
export function createStdioTransport(
  stdin: Readable,
  stdout: Writable,
  { maxLineBytes = MAX_LINE_BYTES }: StdioTransportOptions = {},
): Transport {
  const batches = createBatches();
  let isClosed = false;
  let draining: Promise<void> | undefined;
  /** Requests that were handed on, until their answers are read. */
  const underWay = new Set<RequestId>();
  /** Requests that wait for others to be answered, in their order. */
  let held: JSONRPCRequest[] = [];

  const pace = () => {
    if (draining !== undefined || held.length > MAX_HELD) stdin.pause();
    else if (!isClosed) stdin.resume();
  };

  const write = (message: JSONRPCMessage | readonly JSONRPCMessage[]): Promise<void> => {
    if (isClosed) return Promise.reject(new Error("The connection is closed"));
    if (stdout.write(`${JSON.stringify(message)}\n`)) return Promise.resolve();
    draining ??= new Promise((resolve) => {
      const onDrain = () => {
        stdout.off("drain", onDrain).off("close", onDrain);
        draining = undefined;
        pace();
        resolve();
      };
      stdout.on("drain", onDrain).on("close", onDrain);
    });
    pace();
    return draining;
  };
  const report = (message: string) => transport.onerror?.(new Error(message));
  const writeOrReport = (message: JSONRPCMessage | readonly JSONRPCMessage[]): void => {
    write(message).catch((error: Error) => report(error.message));
  };

  const handOn = (message: JSONRPCMessage): void => {
    if (isJSONRPCRequest(message)) underWay.add(message.id);
    try {
      transport.onmessage?.(message);
    } catch (error) {
      transport.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const end = (id: RequestId): void => {
    held = held.filter((request) => request.id !== id);
    underWay.delete(id);
    while (underWay.size < MAX_UNDER_WAY) {
      const next = held.shift();
      if (next === undefined) break;
      handOn(next);
    }
    pace();
  };

  const deliver = (message: JSONRPCMessage): void => {
    if (isJSONRPCRequest(message) && HELD_METHODS.has(message.method) && underWay.size >= MAX_UNDER_WAY) {
      held.push(message);
      pace();
      return;
    }
    handOn(message);
    const cancelled = cancelledId(message);
    if (cancelled !== undefined) end(cancelled);
    // It is never answered, and the rest of its batch must not wait for it.
    const complete = cancelled === undefined ? undefined : batches.giveUp(cancelled);
    if (complete !== undefined) writeOrReport(complete);
  };

  const takeOne = (value: unknown): void => {
    const message = toMessage(value);
    if (message !== undefined) {
      deliver(message);
      return;
    }
    const id = idOfRequest(value);
    report("a line is no JSON-RPC message");
    if (id !== undefined) writeOrReport(refusalOf(id, "This is no JSON-RPC 2.0 request. Nothing was done or charged."));
  };

  const takeBatch = (values: readonly unknown[]): void => {
    const problem = findBatchProblem(values);
    const messages = problem === undefined ? values.map(toMessage) : [];
    const refusals = values.flatMap((value, index) => {
      const id = messages[index] === undefined ? idOfRequest(value) : undefined;
      const why = problem ?? "This is no JSON-RPC 2.0 request.";
      return id === undefined ? [] : [refusalOf(id, `${why} Nothing was done or charged.`)];
    });
    if (problem !== undefined || messages.includes(undefined)) report(problem ?? "a batch holds what is no message");
    const good = messages.filter((message) => message !== undefined);
    const complete = batches.open(good.filter(isJSONRPCRequest), refusals);
    if (complete !== undefined) writeOrReport(complete);
    for (const message of good) deliver(message);
  };

  const takeLine = (line: string): void => {
    const text = line.replace(/^\uFEFF+/, "").trim();
    if (text === "") return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      report("a line is no JSON");
      return;
    }
    if (Array.isArray(value)) takeBatch(value);
    else takeOne(value);
  };

  const refuseLong = (id: RequestId | undefined, bytes: number): void => {
    report(`a line of ${bytes} bytes was refused: ${maxLineBytes} are the most`);
    const rule = `The message is ${bytes} bytes long; ${maxLineBytes} are the most. Nothing was done or charged.`;
    if (id !== undefined) writeOrReport(refusalOf(id, rule));
  };

  const onData = createLineReader(maxLineBytes, takeLine, refuseLong);
  const onStdinError = (error: Error) => transport.onerror?.(error);
  const onStdoutError = (error: Error) => {
    // Stays attached: what fails after the end must not end the process in its own way.
    if (isClosed) return;
    transport.onerror?.(error);
    void transport.close();
  };
  const onEnd = () => void transport.close();

  const transport: Transport = {
    async start() {
      if (stdin.readableEnded || stdin.destroyed) setImmediate(onEnd);
      stdin.on("data", onData).on("error", onStdinError).on("end", onEnd).on("close", onEnd);
      stdout.on("error", onStdoutError);
    },
    async send(message) {
      const id = isJSONRPCResponse(message) ? message.id : undefined;
      if (id === undefined) return write(message);
      const complete = batches.has(id) ? batches.answer(id, message) : message;
      try {
        if (complete !== undefined) await write(complete);
      } finally {
        end(id);
      }
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      stdin.off("data", onData).off("error", onStdinError).off("end", onEnd).off("close", onEnd);
      stdin.pause();
      transport.onclose?.();
    },
  };
  return transport;
}

function toMessage(value: unknown): JSONRPCMessage | undefined {
  try {
    return parseJSONRPCMessage(value);
  } catch {
    return undefined;
  }
}

/** The id to answer: undefined for what wants no answer. */
function idOfRequest(value: unknown): RequestId | undefined {
  if (typeof value !== "object" || value === null || !("method" in value) || !("id" in value)) return undefined;
  return typeof value.id === "string" || typeof value.id === "number" ? value.id : undefined;
}

const refusalOf = (id: RequestId, message: string): JSONRPCMessage => ({
  jsonrpc: "2.0",
  id,
  error: { code: INVALID_REQUEST, message },
});

function findBatchProblem(values: readonly unknown[]): string | undefined {
  if (values.length === 0 || values.length > MAX_BATCH) return `A batch holds 1 to ${MAX_BATCH} messages.`;
  const opens = (value: unknown) =>
    typeof value === "object" && value !== null && "method" in value && value.method === "initialize";
  return values.some(opens) ? "initialize cannot be part of a batch." : undefined;
}

/** Answers that go out together, since their requests came in together. Each method returns a batch that is complete. */
function createBatches() {
  const waiting = new Map<RequestId, { left: Set<RequestId>; answers: JSONRPCMessage[] }>();
  const settle = (id: RequestId, answer?: JSONRPCMessage): readonly JSONRPCMessage[] | undefined => {
    const batch = waiting.get(id);
    if (batch === undefined) return undefined;
    waiting.delete(id);
    batch.left.delete(id);
    if (answer !== undefined) batch.answers.push(answer);
    return batch.left.size === 0 && batch.answers.length > 0 ? batch.answers : undefined;
  };
  return {
    open(requests: readonly { id: RequestId }[], refusals: JSONRPCMessage[]): readonly JSONRPCMessage[] | undefined {
      const left = new Set(requests.map(({ id }) => id));
      if (left.size === 0) return refusals.length > 0 ? refusals : undefined;
      const batch = { left, answers: refusals };
      for (const id of left) waiting.set(id, batch);
      return undefined;
    },
    has: (id: RequestId) => waiting.has(id),
    answer: (id: RequestId, answer: JSONRPCMessage) => settle(id, answer),
    /** It was called off. */
    giveUp: (id: RequestId) => settle(id),
  };
}

/** @param onLong gets the id of a request, where it could be read in what was thrown away */
function createLineReader(
  maxBytes: number,
  onLine: (line: string) => void,
  onLong: (id: RequestId | undefined, bytes: number) => void,
): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let bytes = 0;
  let outline: ReturnType<typeof createOutline> | undefined;

  const add = (part: Buffer): void => {
    bytes += part.length;
    if (outline === undefined && bytes <= maxBytes) {
      parts.push(part);
      return;
    }
    if (outline === undefined) {
      outline = createOutline();
      for (const kept of parts) outline.read(kept);
      parts = [];
    }
    outline.read(part);
  };
  const finish = (): void => {
    const [ended, long, total] = [parts, outline, bytes];
    parts = [];
    bytes = 0;
    outline = undefined;
    if (long === undefined) onLine(Buffer.concat(ended).toString("utf8"));
    else onLong(long.requestId(), total);
  };
  return (chunk) => {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(0x0a, start);
      add(chunk.subarray(start, end === -1 ? chunk.length : end));
      if (end === -1) return;
      finish();
      start = end + 1;
    }
  };
}

/** More than any id or method has. */
const MAX_TOKEN_BYTES = 1024;

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/** Follows a message that is too long to be kept, and remembers of its own members the id and the method. */
function createOutline() {
  const found = new Map<string, unknown>();
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let key: unknown;
  let token: number[] = [];

  const takeToken = (): unknown => {
    const text = Buffer.from(token).toString("utf8").trim();
    token = [];
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };
  const endMember = (): void => {
    const value = takeToken();
    if (key === "id" || key === "method") found.set(key, value);
    key = undefined;
  };
  const keep = (byte: number): void => {
    if (depth === 1 && token.length < MAX_TOKEN_BYTES) token.push(byte);
  };
  const readInString = (byte: number): void => {
    keep(byte);
    if (!isEscaped && byte === QUOTE) isInString = false;
    isEscaped = !isEscaped && byte === BACKSLASH;
  };
  const readMark = (byte: number): void => {
    if (byte === COLON) key = takeToken();
    else endMember();
  };
  const readOutside = (byte: number): void => {
    if (OPENING.has(byte)) {
      depth += 1;
    } else if (CLOSING.has(byte)) {
      if (depth === 1) endMember();
      depth -= 1;
    } else if (depth === 1 && (byte === COLON || byte === COMMA)) {
      readMark(byte);
    } else {
      isInString = byte === QUOTE;
      keep(byte);
    }
  };
  return {
    read(part: Buffer): void {
      for (const byte of part) {
        if (isInString) readInString(byte);
        else readOutside(byte);
      }
    },
    requestId: (): RequestId | undefined => idOfRequest(Object.fromEntries(found)),
  };
}
