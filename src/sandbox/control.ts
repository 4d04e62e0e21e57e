import { AppError } from "../errors.ts";
import type { Books } from "./books.ts";
import { type GatewayReply, type GatewayRequest, jsonReply } from "./exchange.ts";
import type { FaultQueue } from "./faults/fault-queue.ts";
import type { FaultRequest } from "./faults/requested-fault.ts";
import { FAULTS } from "./faults/table.ts";

/** Where the sandbox is steered; the real gateway has no such addresses. */
export const FAULTS_PATH = "/sandbox/faults";
export const BOOKS_PATH = "/sandbox/books";

type Answer = (request: GatewayRequest) => GatewayReply;

/** No key is asked for: whoever reaches the loopback address is at home. */
export function createControl(faults: FaultQueue, books: Books): (request: GatewayRequest) => GatewayReply | undefined {
  const waiting = () => jsonReply(200, { waiting: faults.waiting() });
  const addresses: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
    [FAULTS_PATH]: {
      GET: () => jsonReply(200, { waiting: faults.waiting(), faults: listFaults() }),
      POST({ body }) {
        faults.add(...parseFaults(body));
        return waiting();
      },
      DELETE() {
        faults.clear();
        return waiting();
      },
    },
    [BOOKS_PATH]: { GET: () => jsonReply(200, books.read()) },
  };
  return (request) => {
    const methods = addresses[request.path];
    if (methods === undefined) return undefined;
    const answer = methods[request.method];
    if (answer === undefined) {
      return jsonReply(405, { error: "method not allowed" }, { allow: Object.keys(methods).join(", ") });
    }
    return refusing(
      () => answer(request),
      (refusal) => refusal,
    );
  };
}

/** What was asked of the sandbox itself in a wrong way comes back as HTTP 400 with the rule. */
export function refusing<T>(answer: () => T, toAnswer: (refusal: GatewayReply) => T): T {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return toAnswer(jsonReply(400, { error: [error.message, error.facts.advice].join(" ").trim() }));
  }
}

/** Name, line, fate, billing and settings of every fault. */
function listFaults(): object[] {
  return Object.entries(FAULTS).map(([name, { says, fate, billed, settings = {} }]) => ({
    name,
    says,
    fate,
    billed,
    settings,
  }));
}

function parseFaults(body: string): FaultRequest[] {
  const faults = toFaults(body);
  if (!Array.isArray(faults)) {
    throw new AppError("input", 'the body takes the form {"faults":["stall",{"name":"slow","ms":500}]}.');
  }
  return faults;
}

function toFaults(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && "faults" in parsed ? parsed.faults : undefined;
  } catch {
    return undefined;
  }
}
