import type { FaultRequest } from "../../../src/sandbox/faults/faults.ts";
import { FAULTS } from "../../../src/sandbox/faults/faults.ts";
import { createRandom, type Random, seedOf } from "../../../src/sandbox/links.ts";

/** One of the two servers. */
export type Place = 0 | 1;

/** One thing that is done to an environment; requests are numbers into its list. */
export type Step =
  | { do: "call"; on: Place; request: number }
  | { do: "command"; request: number; fresh: boolean }
  /** Several at once. */
  | { do: "calls"; calls: { on: Place; request: number }[] }
  /** `when`: as soon as it is sent, or so many ms after the gateway has taken it. */
  | { do: "cancel"; on: Place | "command"; request: number; when: "sent" | number }
  | { do: "estimate"; on: Place; request: number }
  | { do: "fault"; fault: FaultRequest }
  /** Ends a server at once, in the middle of calls or idle; `beside`: calls on the other one meanwhile. */
  | { do: "kill"; on: Place; during: number[]; beside: number[]; when: "sent" | number }
  /** Leaves a server as a host does, and starts it anew. */
  | { do: "restart"; on: Place; during: number[] };

export interface Circumstances {
  budgetUsd: number;
  freshHours: number;
}

/** What is true of one environment from its beginning. */
export function planCircumstances(seed: string): Circumstances {
  const random = createRandom(seedOf(`circumstances ${seed}`));
  // None at all, a handful of calls, some dozens, more than can be spent.
  const budgetUsd = random.pick([0, 0.2, 0.3, 0.3, 2, 2, ...Array.from({ length: 14 }, () => 100)]);
  return { budgetUsd, freshHours: random.chance(0.2) ? 0 : 24 };
}

/** @param first the first of the requests that this sequence is about: neighbours share some */
export function planSequence(seed: string, first: number): Step[] {
  const random = createRandom(seedOf(`sequence ${seed}`));
  return Array.from({ length: random.whole(3, 12) }, () => planStep(random, first));
}

/** How many requests a sequence is about: few, so that they repeat and collide. */
export const REQUESTS_EACH = 6;

/** How often each comes up, of 200. What starts a process is rare: a start takes longer than most calls. */
const WEIGHTS = { call: 71, calls: 45, fault: 42, cancel: 20, estimate: 18, kill: 2, restart: 1, command: 1 } as const;

const KINDS = Object.entries(WEIGHTS).flatMap(([kind, weight]) =>
  Array.from({ length: weight }, () => kind as keyof typeof WEIGHTS),
);

function planStep(random: Random, first: number): Step {
  const kind = random.pick(KINDS);
  const on = place(random);
  const request = () => first + random.whole(0, REQUESTS_EACH - 1);
  const several = (least: number, most: number) => Array.from({ length: random.whole(least, most) }, request);
  const when = () => (random.chance(0.3) ? ("sent" as const) : random.whole(0, 12));
  switch (kind) {
    case "call":
    case "estimate":
      return { do: kind, on, request: request() };
    case "command":
      return { do: kind, request: request(), fresh: random.chance(0.5) };
    case "calls":
      return { do: kind, calls: planCalls(random, several(2, 5)) };
    case "cancel":
      return { do: kind, on: random.chance(0.03) ? "command" : on, request: request(), when: when() };
    case "fault":
      return { do: kind, fault: planFault(random) };
    case "kill": {
      const during = several(0, 3);
      const beside = several(0, 2).filter((each) => !during.includes(each));
      return { do: kind, on, during, beside, when: when() };
    }
    case "restart":
      return { do: kind, on, during: several(0, 2) };
  }
}

const place = (random: Random): Place => (random.chance(0.5) ? 0 : 1);

/** All the same or not, on one server or on both. */
function planCalls(random: Random, requests: number[]): { on: Place; request: number }[] {
  const [same = 0] = requests;
  const isSame = random.chance(0.5);
  return requests.map((request) => ({ on: place(random), request: isSame ? same : request }));
}

/**
 * Left out: a charge above the cap, since no client can keep a budget against it; and "no results", whose empty answer
 * is not what the sandbox knows. Both are in the table of cases.
 */
const LEFT_OUT = /^(?:none|charge_above_cap|task_40102|task_40501_no_results)$/;

/** These cost a second or so, for they are waited for and tried again. */
const SLOW = new Set([
  "gateway_429",
  "gateway_429_seconds",
  "gateway_429_date",
  "gateway_503_retryable",
  "gateway_503_retry_after",
]);

const QUICK = Object.keys(FAULTS).filter((name) => !LEFT_OUT.test(name) && !SLOW.has(name) && !/^task_/.test(name));

function planFault(random: Random): FaultRequest {
  const share = random.whole(1, 100);
  if (share <= 8) return random.pick([...SLOW]);
  if (share === 9) return { name: random.pick(["stall", "stall_unbilled", "stall_mid_body"]), ms: 5000 };
  if (share <= 25)
    return random.pick(Object.keys(FAULTS).filter((name) => /^task_/.test(name) && !LEFT_OUT.test(name)));
  const name = random.pick(QUICK);
  const takes = FAULTS[name]?.settings ?? {};
  return {
    name,
    ...("ms" in takes && { ms: random.whole(0, 40) }),
    ...("pieces" in takes && { pieces: 4 }),
    ...("mb" in takes && { mb: 2 }),
  };
}
