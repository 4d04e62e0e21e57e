import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Door } from "./door.ts";
import type { AnswerRaw, RawAnswer } from "./raw-answer.ts";
import type { ConnectionRefusal } from "./refusal.ts";

interface BadBytesDeps {
  door: Door;
  answerRaw: AnswerRaw;
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
export function createBadBytes({ door, answerRaw, onRefused }: BadBytesDeps) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    const problem = toProblem(error.code);
    if (problem === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    onRefused(problem);
    const last = door.lastOf(socket);
    if (last?.req.complete && !last.res.closed) {
      // The parser is done for: no further request can come on this connection.
      last.res.once("close", () => socket.destroySoon());
      return;
    }
    if (last === undefined || last.req.complete || isAlone(last, door.busyWith(socket))) {
      answerRaw(socket, ANSWERS[problem]);
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
