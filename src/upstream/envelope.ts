import { AppError, type AppErrorFacts } from "../errors.ts";
import { REQUEST_FIELDS } from "../pages/body.ts";
import { importAnswer } from "../pages/import-answer.ts";
import type { Charge, EndpointAnswer, Snapshot } from "../pages/snapshot.ts";
import { explainGatewayError, readGatewayError } from "./gateway-errors.ts";
import { pickRequestId, readCharge, readRetryAfter, settleCharge } from "./reply-headers.ts";
import type { FailureClass } from "./retry-policy.ts";
import { FORM_CODES, meaningOf, NO_RESULTS, OK } from "./status-codes.ts";
import type { WireReply } from "./wire.ts";

/** A reply, opened: the endpoint's answer with what it cost, or the failure it reports. */
export type Outcome =
  | { ok: true; answer: EndpointAnswer; charge: Charge; requestId: string | undefined }
  | FailedOutcome;

export interface FailedOutcome {
  ok: false;
  error: AppError;
  /** An unbilled refusal that may be about the body's form: worth one try in the other form. */
  mayBeForm: boolean;
  failureClass: FailureClass;
  /** The body, where a price estimate came instead of data. */
  estimate?: Json;
}

type Json = Record<string, unknown>;

/** A reply with when it came, ms since 1970. */
interface DatedReply extends WireReply {
  at: number | undefined;
}

/** How much of an unreadable body goes to stderr. */
const MAX_DETAIL_CHARS = 500;

/**
 * Reads the outcome where it may stand, outside in: the HTTP status, the gateway's error, the top level, `tasks[0]`.
 * Never throws: whatever came, the result says what it means and what is known about the charge.
 * @param at when the reply came, ms since 1970; without it a wait that is named as a date is not read
 */
export function readEnvelope(wireReply: WireReply, at?: number): Outcome {
  const reply: DatedReply = { ...wireReply, at };
  const body = toObject(parseJson(reply.body));
  if (reply.status < 200 || reply.status >= 300) return readFailedStatus(reply, body);
  if (body === undefined) {
    return unreadable(reply, "The gateway answered with something that is no JSON object.");
  }
  if (body["object"] === "cost_estimate") {
    return fail(
      reply,
      { charge: "not_charged", advice: "Report this." },
      "contract",
      "The gateway answered with a price quote instead of data.",
      { estimate: body },
    );
  }
  const gatewayError = readGatewayError(body);
  if (gatewayError !== undefined) return failByGateway(reply, body);
  return readTask(reply, body);
}

function readFailedStatus(reply: DatedReply, body: Json | undefined): Outcome {
  const code = toNumber(body?.["status_code"]);
  if (code !== undefined && code !== OK && code >= 40000) return failByCode(reply, body, code, undefined);
  return failByGateway(reply, body);
}

function readTask(reply: DatedReply, body: Json): Outcome {
  const topCode = toNumber(body["status_code"]);
  const task = toObject(Array.isArray(body["tasks"]) ? body["tasks"][0] : undefined);
  if (topCode !== undefined && topCode !== OK) return failByCode(reply, body, topCode, task);
  if (task === undefined) return unreadable(reply, "The data provider's answer holds no task.");
  const taskCode = toNumber(task["status_code"]);
  if (taskCode !== undefined && taskCode !== OK && !isNoResults(taskCode, task)) {
    return failByCode(reply, body, taskCode, task);
  }
  return readResult(reply, body, task, taskCode !== undefined);
}

/** No result at all is the upstream's way of saying that nothing matches, if it says that all went well. */
function readResult(reply: DatedReply, body: Json, task: Json, saysItWorked: boolean): Outcome {
  const told = Array.isArray(task["result"]) ? task["result"][0] : task["result"];
  const result = toObject(told);
  const isEmpty = saysItWorked && (told === null || told === undefined);
  if (result === undefined && !isEmpty) {
    return unreadable(reply, "The data provider's answer holds no result that can be read.");
  }
  return {
    ok: true,
    charge: readCharge(reply.headers),
    requestId: requestIdOf(reply, undefined),
    answer: {
      taskId: toText(task["id"]),
      version: toText(body["version"]),
      echo: task["data"] ?? null,
      target: toText(result?.["target"]),
      upstreamCostUsd: toNumber(task["cost"]) ?? toNumber(body["cost"]) ?? null,
      totalCount: result === undefined ? 0 : (toNumber(result["total_count"]) ?? null),
      items: result?.["items"] ?? null,
    },
  };
}

/** "No data" comes as a code of its own and, as clients report, under 40501 with the same words. */
function isNoResults(code: number, task: Json): boolean {
  return code === NO_RESULTS || (code === 40501 && /no search results/i.test(toText(task["status_message"]) ?? ""));
}

function failByGateway(reply: DatedReply, body: Json | undefined): Outcome {
  const error = readGatewayError(body);
  const { kind, message, advice, charge, reason, failureClass } = explainGatewayError(reply.status, error);
  return fail(
    reply,
    {
      charge,
      advice,
      requestId: requestIdOf(reply, error?.requestId),
      ...(reason !== undefined && { reason }),
      ...waitFor(reply, kind),
    },
    kind,
    message,
    { mayBeForm: reply.status === 400, failureClass },
  );
}

function failByCode(reply: DatedReply, body: Json | undefined, code: number, task: Json | undefined): Outcome {
  const { kind, says, advice, retryAfterMs, failureClass = "final" } = meaningOf(code);
  const field = kind === "input" ? fieldNamedIn(task ?? body) : undefined;
  return fail(
    reply,
    {
      ...chargeOf(toNumber(task?.["cost"]) ?? toNumber(body?.["cost"])),
      advice: field === "target" ? "Check that the domain exists and is spelt right." : advice,
      requestId: requestIdOf(reply, toText(task?.["id"])),
      ...waitFor(reply, kind, retryAfterMs),
    },
    kind,
    `The data provider ${field === undefined ? says : `refuses the field "${field}"`} (code ${code}).`,
    {
      mayBeForm: reply.status === 400 || FORM_CODES.has(code),
      // Under a 5xx the gateway failed as well, and what became of the call is open.
      failureClass: reply.status < 500 ? failureClass : "final",
    },
  );
}

/** What a failed task's cost says about money; a cost that is not told says nothing. */
function chargeOf(costUsd: number | undefined): Pick<AppErrorFacts, "charge" | "upstreamCostUsd"> {
  if (costUsd === undefined) return { charge: "unknown" };
  return costUsd > 0 ? { charge: "charged", upstreamCostUsd: costUsd } : { charge: "not_charged" };
}

/** The field of the request that the upstream's message names; only a name of ours leaves the message. */
function fieldNamedIn(told: Json | undefined): (typeof REQUEST_FIELDS)[number] | undefined {
  const named = /'([a-z_]{1,40})'/.exec(toText(told?.["status_message"]) ?? "")?.[1];
  return REQUEST_FIELDS.find((each) => each === named);
}

/** The upstream's own wait outweighs ours; where waiting does not help, none is named. */
function waitFor(reply: DatedReply, kind: AppError["kind"], usualMs?: number): Pick<AppErrorFacts, "retryAfterMs"> {
  const named = readRetryAfter(reply.headers["retry-after"], reply.at);
  const retryAfterMs = kind === "unavailable" ? (named ?? usualMs) : undefined;
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function unreadable(reply: WireReply, message: string): Outcome {
  return fail(
    reply,
    { charge: "unknown", advice: "Check the account's usage before sending it again." },
    "contract",
    message,
  );
}

type FailureFacts = Omit<AppErrorFacts, "requestId"> & { requestId?: string | undefined };

function fail(
  reply: WireReply,
  { requestId = requestIdOf(reply, undefined), ...facts }: FailureFacts,
  kind: AppError["kind"],
  message: string,
  { mayBeForm = false, failureClass = "final", ...more }: Partial<Omit<FailedOutcome, "ok" | "error">> = {},
): FailedOutcome {
  const settled = settleCharge(facts, reply.headers);
  const error = new AppError(kind, message, {
    ...settled,
    ...(requestId !== undefined && { requestId }),
    detail: `HTTP ${reply.status} ${reply.body.slice(0, MAX_DETAIL_CHARS)}`,
  });
  return { ok: false, error, mayBeForm: mayBeForm && settled.charge === "not_charged", failureClass, ...more };
}

/** The task's or the gateway's own, before the one in the headers. */
const requestIdOf = (reply: WireReply, fromBody: string | null | undefined): string | undefined =>
  pickRequestId([fromBody, reply.headers["x-request-id"]]);

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    // A saved answer may be wrapped as the request body is: an array of one.
    return Array.isArray(value) && value.length === 1 ? value[0] : value;
  } catch {
    return undefined;
  }
}

function toObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function toNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function toText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/**
 * A saved answer of the endpoint as a snapshot: through the same envelope as a fetched one, with the request and the
 * time read from the answer itself.
 * @param body the JSON text as it came, or wrapped in an array
 * @param name what an error calls it, such as a file's name
 * @throws {AppError} `input` when it is no answer, or the answer of a failed call
 */
export function readSavedAnswer(body: string, name: string): Snapshot {
  const outcome = readEnvelope({ status: 200, headers: {}, body });
  if (outcome.ok) return importAnswer(outcome.answer);
  const { message, facts } = outcome.error;
  throw new AppError("input", `${name} holds no usable answer: ${message}`, {
    ...(facts.detail !== undefined && { detail: facts.detail }),
    advice: "Import the JSON body of a successful call, as it came or wrapped in an array.",
  });
}
