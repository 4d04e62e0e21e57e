import { AppError } from "../errors.ts";
import { formatUsd } from "../lists/text.ts";
import type { FetchPages } from "../pages/snapshot.ts";
import type { Approve } from "./approve.ts";
import { type Bought, type CarryOutDeps, carryOut, type Order } from "./carry-out.ts";
import type { Flights } from "./flights.ts";
import { type Ledger, toUsd } from "./ledger/ledger.ts";

/**
 * Runs one purchase of a key at a time, across the processes that share a store.
 * @throws what `use` throws; anything when the signal is aborted before `use` began
 */
export type WithKeyLock = <T>(key: string, signal: AbortSignal, use: () => Promise<T>) => Promise<T>;

export interface BuyDeps extends CarryOutDeps {
  fetchPages: FetchPages;
  approve: Approve;
  withKeyLock: WithKeyLock;
  flights: Flights<Bought>;
}

/**
 * Gets the answer to a request for as little as it can: a kept one, one that is being bought, or a new one.
 * @throws {AppError} for every failure, with what is known about the charge
 */
export type BuyPages = (order: Order, signal: AbortSignal) => Promise<Bought>;

/** One purchase per key at a time, in this process and across those that share the store. */
export function createBuyPages(deps: BuyDeps): BuyPages {
  const buyPages: BuyPages = async (order, signal) => {
    const kept = await findKept(order, deps);
    if (kept !== undefined) return kept;
    const isJoining = deps.flights.has(order.requestKey);
    const joined = await deps.flights
      .join(order.requestKey, signal, (all) => load(order, deps, all))
      .catch((error: unknown) => {
        if (isJoining && !signal.aborted && isOfAnother(error, order)) return undefined;
        throw error;
      });
    if (joined === undefined) return buyPages(order, signal);
    const { value, shared } = joined;
    // Whoever joined may want fresher data than the one who started.
    if (!isFreshEnough(value, order)) return buyPages(order, signal);
    return shared && value.how === "bought" ? { ...value, how: "shared" } : value;
  };
  return buyPages;
}

/**
 * Whether what stood in the way of a purchase that was joined is the business of whoever started it: their budget, or
 * a person of theirs who has to agree. Whoever joined has a budget of its own, and may bring a yes.
 */
function isOfAnother(error: unknown, { consent }: Order): boolean {
  if (!(error instanceof AppError) || error.kind !== "budget") return false;
  const { ask, reason } = error.facts;
  return reason !== "price_cap" && (ask === undefined || consent !== undefined);
}

/** Waits for its turn, since another process may be buying the same, and looks again before it buys. */
async function load(order: Order, deps: BuyDeps, signal: AbortSignal): Promise<Bought> {
  let isMyTurn = false;
  const use = async () => {
    isMyTurn = true;
    return (await findKept(order, deps)) ?? buy(order, deps, signal);
  };
  return deps.withKeyLock(order.requestKey, signal, use).catch((error: unknown) => {
    if (isMyTurn || !signal.aborted) throw error;
    throw new AppError("cancelled", "The call was cancelled.", { charge: "not_charged", cause: error });
  });
}

const isFreshEnough = ({ snapshot }: Pick<Bought, "snapshot">, { notBefore }: Order): boolean =>
  (snapshot.fetchedAt ?? 0) >= notBefore;

async function findKept(order: Order, { snapshots }: BuyDeps): Promise<Bought | undefined> {
  const snapshot = await snapshots.newest(order.requestKey);
  if (snapshot === undefined || !isFreshEnough({ snapshot }, order)) return undefined;
  return { snapshot, how: "kept", notes: [] };
}

async function buy(order: Order, deps: BuyDeps, signal: AbortSignal): Promise<Bought> {
  const approved = await deps.approve(order, signal);
  if ("snapshot" in approved) return approved;
  const { maxMicros } = approved;
  const done = await carryOut<never>(
    order,
    {
      kind: "pages",
      maxMicros,
      send: async (terms) => ({ fetched: await deps.fetchPages(order.request, terms, signal) }),
      explain: (error, setAside) => (setAside < maxMicros ? blameBudget(error, setAside, deps.ledger) : error),
    },
    deps,
  );
  if ("other" in done) return done.other;
  return { ...done, how: "bought" };
}

/**
 * The cap was lower than usual because little is left of the budget: that is what stands in the way. One of many is not
 * told how little, since that may be what the others have left.
 */
function blameBudget(error: unknown, leftMicros: number, { isOperator }: Ledger): unknown {
  if (!(error instanceof AppError) || error.facts.reason !== "price_cap") return error;
  const { requestId } = error.facts;
  const left = isOperator ? `, ${formatUsd(toUsd(leftMicros))},` : "";
  return new AppError("budget", `What is left of today's budget${left} does not pay for this call.`, {
    charge: "not_charged",
    advice: isOperator
      ? "Ask for fewer pages, wait for 00:00 UTC, or have DOMAIN_PAGES_DAILY_BUDGET_USD raised."
      : "Ask for fewer pages, or wait for 00:00 UTC; whoever runs the server can raise it.",
    ...(requestId !== undefined && { requestId }),
    cause: error,
  });
}
