import { ENDPOINTS, getEndpoint } from "../endpoints.ts";
import { AppError, type AppErrorFacts } from "../errors.ts";
import type { Endpoint } from "../lists/endpoint.ts";
import { importAnswer } from "../lists/endpoint-answer.ts";
import { readReply } from "../lists/kept-reply.ts";
import type { Charge, EndpointAnswer, Snapshot } from "../lists/snapshot.ts";
import { explainGatewayError, FORM_CODES, meaningOf, NO_RESULTS, OK, readGatewayError } from "./gateway-errors.ts";
import { bodiesOf, endpointOf, IS_PART, type Json, readJson, toObject } from "./read-body.ts";
import { pickRequestId, readCharge, readRetryAfter, settleCharge } from "./reply-headers.ts";
import type { FailureClass } from "./retry-policy.ts";
import type { WireReply } from "./wire.ts";

/** A reply, opened: the endpoint's answer with what it cost, or the failure it reports. */
export type Outcome =
  | {
      ok: true;
      answer: EndpointAnswer;
      /** What else the same reply held: of further tasks and results, in their order. */
      others: EndpointAnswer[];
      /** What could not be read of the reply, one sentence each. */
      notes: string[];
      charge: Charge;
      requestId: string | undefined;
    }
  | FailedOutcome;

export interface FailedOutcome {
  ok: false;
  error: AppError;
  /** An unbilled refusal that may be about the body's form: worth one try in the other form. */
  mayBeForm: boolean;
  failureClass: FailureClass;
  /** The body, where a price estimate came instead of data. */
  estimate?: Json;
  /** Where no answer could be read: what came instead, as a noun. */
  holds?: string;
}

/** A reply with when it came, ms since 1970, and the endpoints that it may be of. */
interface DatedReply extends WireReply {
  at: number | undefined;
  endpoints: readonly Endpoint[];
}

/** How much of an unreadable body goes to stderr. */
const MAX_DETAIL_CHARS = 500;

/**
 * Reads the outcome where it may stand, outside in: the HTTP status, the gateway's error, the top level, the tasks.
 * Never throws: whatever came, the result says what it means and what is known about the charge.
 * @param at when the reply came, ms since 1970; without it a wait that is named as a date is not read
 * @param endpoints those that it may be of: the one that was asked. Left out: whichever there is
 */
export function readEnvelope(wireReply: WireReply, at?: number, endpoints = ENDPOINTS): Outcome {
  const reply: DatedReply = { ...wireReply, at, endpoints };
  const read = readJson(reply.body);
  // What stands somewhere in a page of HTML is no word of the gateway.
  const outer = read?.isAmongText ? undefined : toObject(unwrapOne(read?.values));
  if (reply.status < 200 || reply.status >= 300) return readFailedStatus(reply, outer);
  if (read === undefined) return unreadable(reply, "something that is no JSON object");
  if (outer?.["object"] === "cost_estimate") {
    return fail(
      reply,
      { charge: "not_charged", advice: "Report this." },
      "contract",
      "The gateway answered with a price quote instead of data.",
      { estimate: outer },
    );
  }
  const bodies = bodiesOf(read, endpoints);
  if (read.isAmongText && bodies.length === 0) return unreadable(reply, "something that is no JSON object");
  // A note in words beside the data is no failure of it.
  const isAnswer = bodies.length > 0 && outer?.["success"] !== false && !("error" in (outer ?? {}));
  if (!isAnswer && readGatewayError(outer) !== undefined) return failByGateway(reply, outer);
  const opened = bodies.flatMap((body) =>
    body[IS_PART] === true ? asPart(readBody(reply, body)) : readBody(reply, body),
  );
  return joinOpened(reply, opened, read.isCut);
}

/** A body may be wrapped as the request's is: in an array of one. */
function unwrapOne(values: readonly unknown[] = []): unknown {
  const [value] = values;
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** What one task of a reply came to. */
type Opened = { answer: EndpointAnswer } | { failure: FailedOutcome };

/** What broke off is the last that is there of it. */
const asPart = (opened: readonly Opened[]): Opened[] =>
  opened.map((each, index) =>
    "answer" in each && index === opened.length - 1 ? { answer: { ...each.answer, isBrokenOff: true } } : each,
  );

/** The answers that are there; without one, the first failure. */
function joinOpened(reply: DatedReply, opened: readonly Opened[], isCut: boolean): Outcome {
  const answers = opened.flatMap((each) => ("answer" in each ? [each.answer] : []));
  const failures = opened.flatMap((each) => ("failure" in each ? [each.failure] : []));
  const [answer, ...others] = answers;
  if (answer === undefined) {
    const what = isCut
      ? "an answer that breaks off before its first page is whole"
      : "JSON that holds no list of pages";
    return failures[0] ?? unreadable(reply, what);
  }
  return {
    ok: true,
    charge: readCharge(reply.headers),
    requestId: requestIdOf(reply, undefined),
    answer,
    others,
    notes: [
      // Said of the answer itself, where there is one, whenever it is asked.
      ...(isCut && !answers.some(({ isBrokenOff }) => isBrokenOff) ? ["the reply broke off after this"] : []),
      ...failures.map(({ error }) => `the same reply held a failure beside it: ${error.message}`),
    ],
  };
}

function readFailedStatus(reply: DatedReply, body: Json | undefined): FailedOutcome {
  const code = toNumber(body?.["status_code"]);
  if (code !== undefined && code !== OK && code >= 40000) return failByCode(reply, body, code, undefined);
  return failByGateway(reply, body);
}

/** Each task of a body in the documented form, and each result of a task. */
function readBody(reply: DatedReply, body: Json): Opened[] {
  const topCode = toNumber(body["status_code"]);
  const tasks = (Array.isArray(body["tasks"]) ? body["tasks"] : []).map(toObject);
  if (topCode !== undefined && topCode !== OK) return [{ failure: failByCode(reply, body, topCode, tasks[0]) }];
  const readable = tasks.filter((task) => task !== undefined);
  if (readable.length === 0) return [{ failure: unreadable(reply, "an answer without a task") }];
  return readable.flatMap((task) => readTask(reply, body, task));
}

function readTask(reply: DatedReply, body: Json, task: Json): Opened[] {
  const taskCode = toNumber(task["status_code"]);
  if (taskCode !== undefined && taskCode !== OK && !isNoResults(taskCode, task)) {
    return [{ failure: failByCode(reply, body, taskCode, task) }];
  }
  const told: unknown[] = Array.isArray(task["result"]) ? task["result"] : [task["result"]];
  const results = told.filter((result) => toObject(result) !== undefined);
  return (results.length === 0 ? [told[0]] : results).map((result) =>
    readResult(reply, { body, task, told: result, saysItWorked: taskCode !== undefined }),
  );
}

interface ToldResult {
  body: Json;
  task: Json;
  told: unknown;
  saysItWorked: boolean;
}

/** No result at all is the upstream's way of saying that nothing matches, if it says that all went well. */
function readResult(reply: DatedReply, { body, task, told, saysItWorked }: ToldResult): Opened {
  const result = toObject(told);
  const isEmpty = saysItWorked && (told === null || told === undefined);
  if (result === undefined && !isEmpty) {
    return { failure: unreadable(reply, "an answer without a result that can be read") };
  }
  const { endpoints } = reply;
  const endpoint = endpointOf(task, result, endpoints);
  if (endpoint === undefined) {
    const items = endpoints.map(({ words }) => words.items).join(" or ");
    return { failure: unreadable(reply, `a list of something else than ${items}`) };
  }
  if (typeof endpoint === "string") {
    const what = `the answer of another endpoint, ${endpoint}, and not of ${nameAll(endpoints)}`;
    return { failure: unreadable(reply, what) };
  }
  return {
    answer: {
      taskId: toText(task["id"]),
      version: toText(body["version"]),
      echo: task["data"] ?? null,
      target: toText(result?.["target"]),
      upstreamCostUsd: toNumber(task["cost"]) ?? toNumber(body["cost"]) ?? null,
      totalCount: result === undefined ? 0 : (toNumber(result["total_count"]) ?? null),
      items: result?.["items"] ?? null,
      ...(endpoints.length > 1 && { endpoint: endpoint.name }),
    },
  };
}

const nameAll = (endpoints: readonly Endpoint[]): string => endpoints.map(({ name }) => name).join(" or ");

/** "No data" comes as a code of its own and, as clients report, under 40501 with the same words. */
function isNoResults(code: number, task: Json): boolean {
  return code === NO_RESULTS || (code === 40501 && /no search results/i.test(toText(task["status_message"]) ?? ""));
}

function failByGateway(reply: DatedReply, body: Json | undefined): FailedOutcome {
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

function failByCode(reply: DatedReply, body: Json | undefined, code: number, task: Json | undefined): FailedOutcome {
  const { kind, says, advice, retryAfterMs, failureClass = "final" } = meaningOf(code);
  const field = kind === "input" ? fieldNamedIn(task ?? body, reply.endpoints) : undefined;
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
function fieldNamedIn(told: Json | undefined, endpoints: readonly Endpoint[]): string | undefined {
  const named = /'([a-z_]{1,40})'/.exec(toText(told?.["status_message"]) ?? "")?.[1];
  return named !== undefined && endpoints.some(({ fields }) => Object.hasOwn(fields, named)) ? named : undefined;
}

/** The upstream's own wait outweighs ours; where waiting does not help, none is named. */
function waitFor(reply: DatedReply, kind: AppError["kind"], usualMs?: number): Pick<AppErrorFacts, "retryAfterMs"> {
  const named = readRetryAfter(reply.headers["retry-after"], reply.at);
  const retryAfterMs = kind === "unavailable" ? (named ?? usualMs) : undefined;
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function unreadable(reply: WireReply, holds: string): FailedOutcome {
  return fail(
    reply,
    { charge: "unknown", advice: "Check the account's usage before sending it again.", unread: reply.body },
    "contract",
    `The gateway answered with ${holds}.`,
    { holds },
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
    // Whatever was paid for is kept, also what says that the call failed.
    ...(settled.charge === "charged" && { unread: reply.body }),
    ...settled,
    ...(requestId !== undefined && { requestId }),
    detail: `HTTP ${reply.status} ${reply.body.slice(0, MAX_DETAIL_CHARS)}`,
  });
  return { ok: false, error, mayBeForm: mayBeForm && settled.charge === "not_charged", failureClass, ...more };
}

/** The task's or the gateway's own, before the one in the headers. */
const requestIdOf = (reply: WireReply, fromBody: string | null | undefined): string | undefined =>
  pickRequestId([fromBody, reply.headers["x-request-id"]]);

function toNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function toText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** What a saved text came to. */
export interface SavedAnswers {
  /** One for each answer in it; at least one. */
  snapshots: Snapshot[];
  /** What could not be read of it, one sentence each. */
  notes: string[];
}

/**
 * The saved answers of an endpoint in a text, each a snapshot: through the same envelope as a fetched one, with the
 * request and the time read from the answer itself.
 * @param body the JSON as it came: one answer or several, in a list or one after another, wrapped or not; or a kept reply
 * @param name what an error calls it, such as a file's name
 * @throws {AppError} `input` when there is no answer in it, or that of a failed call or another endpoint
 */
export function readSavedAnswers(body: string, name: string): SavedAnswers {
  const kept = readReply(body);
  const outcome = readEnvelope({ status: 200, headers: {}, body: kept?.body ?? body });
  if (!outcome.ok) throw refuseSaved(outcome, name);
  const { answer, others, notes } = outcome;
  const snapshots = [answer, ...others].map((each) =>
    importAnswer(getEndpoint(each.endpoint ?? kept?.endpoint), each, kept),
  );
  // The same answer twice is one.
  return { snapshots: [...new Map(snapshots.map((each) => [each.id, each])).values()], notes };
}

function refuseSaved({ error, holds }: FailedOutcome, name: string): AppError {
  const { message, facts } = error;
  const why = holds === undefined ? `holds no usable answer: ${message}` : `holds ${holds}.`;
  return new AppError("input", `${name} ${why}`, {
    ...(facts.detail !== undefined && { detail: facts.detail }),
    advice: `Import the JSON body of a successful call of ${nameAll(ENDPOINTS)}, as it came or wrapped; nothing was charged now.`,
  });
}
