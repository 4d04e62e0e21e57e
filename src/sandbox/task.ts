import { AppError } from "../errors.ts";
import type { Endpoint } from "../lists/endpoint.ts";
import type { ParsedRequest } from "../lists/parse-request.ts";
import { type ListRequest, toRequestBody } from "../lists/request.ts";
import type { RequestFields } from "../lists/request-fields.ts";
import type { Item, JsonObject } from "../lists/snapshot.ts";
import { type Envelope, failedTask, okTask, topLevelError } from "./exchange.ts";
import type { World } from "./world.ts";

/** A reply of an embedded endpoint: an HTTP status and the JSON body that goes with it. */
export interface EndpointReply {
  status: number;
  body: Envelope | GatewayRefusal;
}

export interface GatewayRefusal {
  error: string | { type: string; code: string; message: string };
}

/**
 * Answers a request body as one endpoint does.
 * @param body the request body, parsed; an object, or an array of one
 */
export type AnswerTask = (body: unknown, world: World) => EndpointReply;

/**
 * A documented endpoint over the sandbox's world: same body, same envelope, same error codes. As strict as the real one:
 * no bare field names, no URL as target.
 * @param toResult what a checked request brings: `result[0]`
 */
export function createAnswerTask<R extends ListRequest, I extends Item>(
  { name, fields, parse }: Endpoint<R, I>,
  toResult: (request: R, world: World) => JsonObject,
): AnswerTask {
  return (body, world) => {
    const tasks = Array.isArray(body) ? body : [body];
    if (tasks.length === 0) return ok(topLevelError(40502, "POST Data Is Empty."));
    if (tasks.length > 1) return ok(topLevelError(40000, "You can set only one task at a time."));
    const [task] = tasks;
    if (typeof task !== "object" || task === null || Array.isArray(task)) {
      return ok(topLevelError(40503, "POST Data Is Invalid."));
    }
    if (Object.keys(task).some((field) => !Object.hasOwn(fields, field))) {
      return { status: 400, body: { error: "request does not match the endpoint contract" } };
    }
    const parsed = parseStrictly(task as Record<string, unknown>, fields, parse);
    if (typeof parsed === "string") return ok(failedTask(name, task, 40501, `Invalid Field: '${parsed}'.`));
    return ok(okTask(name, task, toResult(parsed, world)));
  };
}

const ok = (body: Envelope): EndpointReply => ({ status: 200, body });

/**
 * The request, or the name of the field that is wrong. Forms that our own tool would kindly repair are wrong here:
 * what was understood has to be what was written. Filters only have to be arrays, since the documentation itself
 * writes them in several ways (numbers as text, needless brackets).
 */
function parseStrictly<R extends ListRequest>(
  task: Readonly<Record<string, unknown>>,
  fields: RequestFields,
  parse: Endpoint<R>["parse"],
): R | string {
  let parsed: ParsedRequest<R>;
  try {
    parsed = parse(task, { allowUnknownFields: false, mapBareNames: false });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.facts.refused?.[0] ?? "target";
  }
  const understood: Readonly<Record<string, unknown>> = toRequestBody(parsed.request);
  const repaired = Object.keys(task).find((name) => !isAsWritten(fields[name], task[name], understood[name]));
  return repaired ?? parsed.request;
}

function isAsWritten(field: RequestFields[string] | undefined, written: unknown, understood: unknown): boolean {
  if (written === null || (Array.isArray(written) && written.length === 0)) return true;
  if (field?.kind === "filter") return Array.isArray(written);
  return JSON.stringify(written) === JSON.stringify(understood);
}
