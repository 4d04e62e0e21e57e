import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Log } from "../log.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import type { ConnectionRefusal } from "./http-refusal.ts";

interface ClientErrorDeps {
  connections: ConnectionLimits;
  rawAnswers: Pick<RawAnswers, "answerRaw" | "isAnswered">;
  onRefused: (reason: ConnectionRefusal) => void;
}

const ANSWERS = {
  malformed: { status: 400, message: "This is not a request as HTTP/1.1 has it." },
  slow_request: { status: 408, message: "The request took too long." },
  large_header: { status: 431, message: "The request header is too large." },
} as const satisfies Record<string, RawAnswer>;

type Problem = keyof typeof ANSWERS;

/** As Node names them; everything else that begins so comes from its parser. */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "slow_request",
  HPE_HEADER_OVERFLOW: "large_header",
};

/**
 * What to do when the bytes of a connection are no request, or do not become one in time (`clientError`).
 * The answer is written raw, so only where nobody can take it for the answer to something else: a request whose own
 * body broke gets it, one that is complete and under way gets its answer and then the connection ends.
 */
export function createClientErrorHandler({ connections, rawAnswers, onRefused }: ClientErrorDeps) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // What is thrown away behind an answer is an error again, with every chunk.
    if (rawAnswers.isAnswered(socket)) return;
    const problem = toProblem(error.code);
    if (problem === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    onRefused(problem);
    const last = connections.lastOf(socket);
    if (last?.req.complete && !last.res.closed) {
      // The parser is done for: no further request can come on this connection.
      last.res.once("close", () => socket.destroySoon());
      return;
    }
    if (last === undefined || last.req.complete || isAlone(last, connections.busyWith(socket))) {
      rawAnswers.answerRaw(socket, ANSWERS[problem]);
    } else socket.destroy();
  };
}

/** The request whose body broke off is the only one that waits for an answer. */
function isAlone({ res }: { res: ServerResponse }, busyWith: number): boolean {
  return !res.closed && !res.headersSent && busyWith === 1;
}

function toProblem(code: string | undefined): Problem | undefined {
  if (code === undefined) return undefined;
  return PROBLEMS[code] ?? (code.startsWith("HPE_") ? "malformed" : undefined);
}

/** So many refused clients are listened to at once; the others are cut off after the answer. */
const MAX_LINGERING = 256;

export interface RawAnswer {
  status: 400 | 408 | 431 | 503;
  /** Ours. */
  message: string;
}

/** Answers on a socket that has no request, and ends it. */
export type AnswerRaw = (socket: Socket, answer: RawAnswer) => void;

interface RawAnswers {
  answerRaw: AnswerRaw;
  /** It has its answer, and is listened to until it stops. */
  isAnswered(socket: Socket): boolean;
  /** Closes the connections that are still listened to. */
  endAll(): void;
}

/**
 * Written at once, then the connection is ended; what the client still sends is thrown away for `lingerMs`, since
 * closing a socket with unread bytes resets it, and the answer with it.
 */
export function createRawAnswers({ lingerMs, now }: { lingerMs: number; now: () => number }): RawAnswers {
  const lingering = new Set<Socket>();
  const answerRaw: AnswerRaw = (socket, answer) => {
    socket.on("error", () => {});
    socket.end(toBytes(answer, now()));
    if (lingering.size >= MAX_LINGERING) {
      socket.destroySoon();
      return;
    }
    lingering.add(socket);
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once("close", () => {
      clearTimeout(timer);
      lingering.delete(socket);
    });
    socket.resume();
  };
  return {
    answerRaw,
    isAnswered: (socket) => lingering.has(socket),
    endAll() {
      for (const socket of lingering) socket.destroy();
    },
  };
}

function toBytes({ status, message }: RawAnswer, nowMs: number): string {
  const body = `${JSON.stringify({ error: message })}\n`;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Date: ${new Date(nowMs).toUTCString()}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    ...(status === 503 ? ["Retry-After: 5"] : []),
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}

const INTERVAL_MS = 1000;

/**
 * Counts refused connections under an event of the log: at most one line a second for each reason, with the number
 * since the last one. Ten thousand connections must not become ten thousand lines.
 */
export function createTally(log: Log, event: string, now: () => number): (reason: string) => void {
  const since = new Map<string, { count: number; loggedAt: number }>();
  return (reason) => {
    const seen = since.get(reason) ?? { count: 0, loggedAt: Number.NEGATIVE_INFINITY };
    seen.count += 1;
    if (now() - seen.loggedAt >= INTERVAL_MS) {
      log.warn(event, { reason, count: seen.count });
      seen.count = 0;
      seen.loggedAt = now();
    }
    since.set(reason, seen);
  };
}
