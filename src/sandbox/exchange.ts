import { createHash } from "node:crypto";
import type { JsonObject } from "../lists/snapshot.ts";

/** What the gateway sees of one request. Header names are lower case. */
export interface GatewayRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

export interface GatewayReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): GatewayReply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

/** The gateway's documented form of an error; `more` goes inside it. */
export function errorReply(status: number, type: string, code: string, message: string, more: object = {}) {
  return jsonReply(status, { error: { type, code, message, ...more } });
}

export function withHeaders(reply: GatewayReply, headers: Record<string, string>): GatewayReply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

/** The documented envelope of every answer, failed ones included. */
export interface Envelope {
  version: string;
  status_code: number;
  status_message: string;
  time: string;
  cost: number;
  tasks_count: number;
  tasks_error: number;
  tasks: JsonObject[] | null;
}

const FRAME = { version: "sandbox.20261101", time: "0.0100 sec.", cost: 0 } as const;

/** A refusal of the whole call: no task came about. */
export function topLevelError(code: number, message: string): Envelope {
  return { ...FRAME, status_code: code, status_message: message, tasks_count: 0, tasks_error: 0, tasks: null };
}

/**
 * The call went through, its one task failed; the top level says 20000 all the same.
 * @param of the name of the endpoint
 */
export function failedTask(of: string, task: object, code: number, message: string): Envelope {
  return envelopeOf(of, task, { status_code: code, status_message: message, result_count: 0, result: null }, 1);
}

export function okTask(of: string, task: object, result: JsonObject): Envelope {
  return envelopeOf(of, task, { status_code: 20000, status_message: "Ok.", result_count: 1, result: [result] }, 0);
}

function envelopeOf(name: string, task: object, outcome: JsonObject, errors: number): Envelope {
  const { result, ...head } = outcome;
  return {
    ...FRAME,
    status_code: 20000,
    status_message: "Ok.",
    tasks_count: 1,
    tasks_error: errors,
    tasks: [
      {
        id: taskIdOf(task),
        ...head,
        time: FRAME.time,
        cost: 0,
        path: ["v3", "backlinks", name, "live"],
        data: { api: "backlinks", function: name, ...task },
        result,
      },
    ],
  };
}

/** In the upstream's form (`MMDDhhmm-…`), but from the task alone: the sandbox has neither clock nor chance. */
function taskIdOf(task: object): string {
  const hash = createHash("sha256").update(JSON.stringify(task)).digest("hex");
  return `11010000-${hash.slice(0, 4)}-0270-0000-${hash.slice(4, 16)}`;
}
