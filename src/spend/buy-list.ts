import { AppError } from "../errors.ts";
import type { FetchList } from "../lists/fetch-list.ts";
import { findHolding, type KeptSnapshots } from "../lists/held.ts";
import { toListKey } from "../lists/request.ts";
import { ageOf, type Snapshot, type SnapshotInfo } from "../lists/snapshot.ts";
import { formatUsd } from "../lists/text.ts";
import type { Approve } from "./approve.ts";
import {
  type Bought,
  type CarryOutDeps,
  carryOut,
  type HeldTurn,
  type KeepSnapshots,
  LostTurnError,
  type Order,
  type WithKeyLock,
} from "./carry-out.ts";
import type { Flights } from "./flights.ts";
import { type Ledger, toUsd } from "./ledger/ledger.ts";

export interface BuyDeps extends CarryOutDeps {
  snapshots: KeepSnapshots & KeptSnapshots;
  /** Who is asked, as it goes into the request's key. */
  upstream: string;
  fetchList: FetchList;
  approve: Approve;
  withKeyLock: WithKeyLock;
  flights: Flights<Bought>;
}

/**
 * Gets the answer to a request for as little as it can: a kept one, one that is being bought, or a new one.
 * @throws {AppError} for every failure, with what is known about the charge
 */
export type BuyList = (order: Order, signal: AbortSignal) => Promise<Bought>;

/**
 * How often a load of somebody else may be joined in vain: it brought a kept answer that is too old for this caller, or
 * failed for a reason of the other's own. Never more than once around a purchase of one's own.
 */
const MAX_JOINS = 8;

/** How often a turn that was lost before anything was sent is taken again. */
const MAX_TURNS = 3;

/**
 * One purchase per list at a time, in this process and across those that share the store: of two parts of a list, or a
 * part and the whole, the one may bring what the other asks for.
 */
export function createBuyList(deps: BuyDeps): BuyList {
  return async (order, signal) => {
    const same = await deps.snapshots.newest(order.requestKey);
    if (same !== undefined && isFresh(same, order, deps)) return toKept(same);
    const before = await look(same, order, deps);
    const kept = await findFresh(before, order, deps);
    if (kept !== undefined) return kept;
    for (let join = 0; join < MAX_JOINS; join++) {
      const bought = await joinOrLoad(order, before, deps, signal);
      if (bought !== undefined) return bought;
    }
    throw new AppError("unavailable", "Others ask for the same again and again.", {
      charge: "not_charged",
      advice: "Try again.",
    });
  };
}

/** What is kept that may hold what a request asks for. */
interface Shelf {
  /** The newest answer to the very same request. */
  same: Snapshot | undefined;
  /** Of the same target, the newest first. */
  ofTarget: readonly SnapshotInfo[];
}

const look = async (same: Snapshot | undefined, { request }: Order, { snapshots }: BuyDeps): Promise<Shelf> => ({
  same,
  ofTarget: await snapshots.list(request.target),
});

/** @returns undefined for a load of somebody else that was joined in vain */
async function joinOrLoad(
  order: Order,
  before: Shelf,
  deps: BuyDeps,
  signal: AbortSignal,
): Promise<Bought | undefined> {
  const isJoining = deps.flights.has(order.requestKey);
  const joined = await deps.flights
    .join(order.requestKey, signal, (all) => load(order, before, deps, all))
    .catch((error: unknown) => {
      if (isJoining && !signal.aborted && isOfAnother(error, order)) return undefined;
      throw error;
    });
  if (joined === undefined || !joined.shared) return joined?.value;
  const { value } = joined;
  // What was bought while we waited is as fresh as can be, whatever the clocks say; only kept ones are judged.
  if (value.how !== "kept") return { ...value, how: "shared" };
  return isFresh(value.snapshot, order, deps) ? value : undefined;
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

/** Waits for its turn, since another may be buying of the same list, and looks again before it buys. */
async function load(order: Order, before: Shelf, deps: BuyDeps, signal: AbortSignal, turns = 1): Promise<Bought> {
  let isMyTurn = false;
  const use = async (turn: HeldTurn) => {
    isMyTurn = true;
    const same = await deps.snapshots.newest(order.requestKey);
    // As a rule it is this one that has come, or is still fresh: the list need not be looked at.
    const quick: Shelf = { same, ofTarget: [] };
    const kept = (await findNew(before, quick, order, deps)) ?? (await findFresh(quick, order, deps));
    if (kept !== undefined) return kept;
    const now = await look(same, order, deps);
    return (
      (await findNew(before, now, order, deps)) ??
      (await findFresh(now, order, deps)) ??
      buy({ ...order, turn }, deps, signal)
    );
  };
  return deps
    .withKeyLock(toListKey(order.endpoint, order.request, deps.upstream), signal, use)
    .catch((error: unknown) => {
      if (error instanceof LostTurnError && turns < MAX_TURNS) return load(order, before, deps, signal, turns + 1);
      if (isMyTurn || !signal.aborted) throw error;
      throw new AppError("cancelled", "The call was cancelled.", { charge: "not_charged", cause: error });
    });
}

/** What is young enough: the newest answer to the very same request; where it will not do, one that holds what is asked. */
async function findFresh(shelf: Shelf, order: Order, deps: BuyDeps): Promise<Bought | undefined> {
  if (order.maxAgeMs <= 0) return undefined;
  return findOn(shelf, (each) => isFresh(each, order, deps), order, deps);
}

/**
 * What came while we waited is as fresh as can be. It is told by what was kept before and not by any date, its own neither:
 * clocks are set, and those of two replicas differ.
 */
async function findNew(before: Shelf, now: Shelf, order: Order, deps: BuyDeps): Promise<Bought | undefined> {
  const known = new Set([...before.ofTarget, ...(before.same === undefined ? [] : [before.same])].map(({ id }) => id));
  return findOn(now, ({ id }) => !known.has(id), order, deps);
}

type WillDo = (info: Pick<SnapshotInfo, "id" | "fetchedAt">) => boolean;

async function findOn(
  { same, ofTarget }: Shelf,
  willDo: WillDo,
  order: Order,
  deps: BuyDeps,
): Promise<Bought | undefined> {
  if (same !== undefined && willDo(same)) return toKept(same);
  const { snapshots, upstream } = deps;
  const shelf = { get: snapshots.get, list: async () => [...ofTarget] };
  const holding = await findHolding({ ...order, upstream, willDo }, shelf);
  return holding && toKept(holding);
}

function isFresh(snapshot: Pick<Snapshot, "fetchedAt">, { maxAgeMs }: Order, { now }: BuyDeps): boolean {
  const ageMs = ageOf(snapshot, now());
  return maxAgeMs > 0 && ageMs !== undefined && ageMs <= maxAgeMs;
}

const toKept = (snapshot: Snapshot): Bought => ({ snapshot, how: "kept", notes: [] });

async function buy(order: Order, deps: BuyDeps, signal: AbortSignal): Promise<Bought> {
  await requireRoom(deps);
  const approved = await deps.approve(order, signal);
  if ("snapshot" in approved) return approved;
  const { maxMicros, leastMicros = 0 } = approved;
  const done = await carryOut<never>(
    order,
    {
      kind: "pages",
      maxMicros,
      leastMicros,
      signal,
      send: async (terms) => ({ fetched: await deps.fetchList(order, terms, signal) }),
      explain: (error, setAside) => nameCap(error, setAside, maxMicros, deps.ledger),
    },
    deps,
  );
  if ("other" in done) return done.other;
  return { ...done, how: "bought" };
}

/** What could not be kept would be bought again with the next call: said before, and not bought. */
async function requireRoom({ source, snapshots }: BuyDeps): Promise<void> {
  const obstacle = source === "sandbox" ? undefined : await snapshots.obstacle?.();
  if (obstacle === undefined) return;
  throw new AppError("config", `Snapshots cannot be written (${obstacle}): what is bought now would be lost.`, {
    charge: "not_charged",
    advice:
      "Mend the cache folder, or point DOMAIN_PAGES_CACHE_DIR to one that can be written. To buy all the same, set DOMAIN_PAGES_STORE to memory.",
  });
}

/**
 * The gateway refused for its price: says which of our figures that was. Where the cap was lower than usual, little is
 * left of the budget; one of many is not told how little, since that may be what the others have left.
 */
function nameCap(error: unknown, setAsideMicros: number, capMicros: number, ledger: Ledger): unknown {
  if (!(error instanceof AppError) || error.facts.reason !== "price_cap") return error;
  const { requestId } = error.facts;
  const facts = { charge: "not_charged", ...(requestId !== undefined && { requestId }), cause: error } as const;
  if (setAsideMicros >= capMicros) {
    const cap = formatUsd(toUsd(capMicros));
    return new AppError("budget", `The gateway's price for this call is above the cap of ${cap}.`, {
      ...facts,
      reason: "price_cap",
      advice: "Ask for fewer pages, or have the price cap raised.",
    });
  }
  const { isOperator, dailyBudgetMicros } = ledger;
  const of = dailyBudgetMicros === null ? "" : ` of ${formatUsd(toUsd(dailyBudgetMicros))}`;
  const left = isOperator ? `, ${formatUsd(toUsd(setAsideMicros))}${of},` : "";
  return new AppError("budget", `What is left of today's budget${left} does not pay for this call.`, {
    ...facts,
    advice: isOperator
      ? "Ask for fewer pages, wait for 00:00 UTC, or have DOMAIN_PAGES_DAILY_BUDGET_USD raised."
      : "Ask for fewer pages, or wait for 00:00 UTC; whoever runs the server can raise it.",
  });
}
