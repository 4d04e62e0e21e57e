import { type Envelope, failedTask, jsonReply, topLevelError } from "../exchange.ts";
import { type AnswerBody, taskIn } from "../paid-call.ts";
import { HOSTILE } from "./body-faults.ts";
import type { Fault, FaultTable } from "./fault.ts";

const UNBILLED = { fate: "failed", billed: false } as const;

/**
 * The codes a Live call can come back with. Not here: codes about task ids, about many tasks, about queued tasks.
 * @see docs.dataforseo.com/v3/appendix/errors, stored copy of 2026-08-13; the words are only like the real ones
 */
const TASK_CODES: Readonly<Record<number, string>> = {
  40000: "You can set only one task at a time.",
  40100: "You are not Authorized to Access this resource.",
  40101: "Internal SE Server Error.",
  40102: "No Search Results.",
  40103: `Task Execution Failed. ${HOSTILE}`,
  40104: "Please verify your account.",
  40200: "Payment Required.",
  40201: "Your account is paused.",
  40202: "The rate limit per minute has been exceeded.",
  40203: "The cost limit has been exceeded.",
  40204: "Access denied. Visit Plans and Subscriptions to activate your subscription.",
  40205: "Duplicate tasks limit per hour exceeded.",
  40206: "Duplicate tasks limit per day exceeded.",
  40207: "Access denied. Your IP address is not whitelisted.",
  40209: "Too many requests at the same time.",
  40210: "Insufficient Funds.",
  40400: "Not Found.",
  40401: "Task Not Found.",
  40402: "Invalid Path.",
  40403: "Results Expired.",
  40404: "No Prepared Data Found.",
  40405: "Host Not Found.",
  40406: "Site Not Found.",
  40407: "Invalid Host.",
  40408: "Invalid URL.",
  40501: "Invalid Field: 'order_by'.",
  40502: "POST Data Is Empty.",
  40503: `POST Data Is Invalid. ${HOSTILE}`,
  40504: "Invalid Request.",
  40505: "Old Data.",
  40506: "Unknown Fields in POST Data.",
  50000: "Internal Error.",
  50001: "Internal Error. Could not check the balance.",
  50100: "Not Implemented.",
  50301: "3rd Party API Service Unavailable.",
  50302: "Service Unavailable.",
  50303: "Internal Service Is Being Updated.",
  50304: "Internal Service Unavailable.",
  50401: "Live Request Timeout.",
  50402: "Target Page Took Too Long to Respond.",
};

/** As HTTP 200, with the top level content and the task failed. */
export const failTask =
  (code: number, message: string): AnswerBody =>
  (body, endpoint) => ({ status: 200, body: failedTask(endpoint, taskIn(body), code, message) });

/** The provider's own figure, US dollars; what the gateway charges is its list price for a call without pages. */
const COST_USD = 0.024;

function withCost(envelope: Envelope): Envelope {
  return {
    ...envelope,
    cost: COST_USD,
    tasks: envelope.tasks?.map((task) => ({ ...task, cost: COST_USD })) ?? null,
  };
}

const TASK_FAULTS: FaultTable = Object.fromEntries(
  Object.entries(TASK_CODES).map(([code, message]) => [
    `task_${code}`,
    {
      ...UNBILLED,
      says: `The task fails with code ${code} at cost 0.`,
      call: { answerBody: failTask(Number(code), message) },
    },
  ]),
);

export const PROVIDER_FAULTS: FaultTable = {
  ...TASK_FAULTS,
  task_40101_charged: {
    fate: "failed",
    billed: true,
    says: "The task fails with code 40101, and its cost is above 0.",
    call: {
      answerBody: (body, endpoint) => ({
        status: 200,
        body: withCost(failedTask(endpoint, taskIn(body), 40101, "Internal SE Server Error.")),
      }),
      chargeInstead: (price) => price,
    },
  },
  task_40501_no_results: {
    ...UNBILLED,
    says: "No results, told as code 40501.",
    call: { answerBody: failTask(40501, "No Search Results.") },
  },
  top_40503: {
    ...UNBILLED,
    says: "Code 40503 at the top level, without a task.",
    call: { answerBody: () => ({ status: 200, body: topLevelError(40503, "POST Data Is Invalid.") }) },
  },
  http_401_40100: {
    ...UNBILLED,
    says: "HTTP 401 with the data provider's envelope, code 40100.",
    reply: () =>
      jsonReply(401, topLevelError(40100, "You are not Authorized to Access this resource."), {
        "www-authenticate": 'Basic realm="DataForSEO REST API"',
      }),
  },
  http_402_40200: {
    ...UNBILLED,
    says: "HTTP 402 with the data provider's envelope, code 40200.",
    reply: () => jsonReply(402, topLevelError(40200, "Payment Required.")),
  },
} satisfies Record<string, Fault>;
