import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

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
