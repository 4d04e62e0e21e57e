import type { Fetched, PurchaseTerms } from "../pages/endpoint.ts";
import { BODY_DEFAULTS } from "../pages/request/schema.ts";
import { createSnapshot, type Snapshot, type Source } from "../pages/snapshot/snapshot.ts";
import { formatUsd } from "../pages/text.ts";
import type { Ledger, PurchaseFacts, Settlement } from "./ledger/ledger.ts";
import { toMicros, toUsd } from "./micros.ts";
import type { KeepSnapshots, Order } from "./order.ts";
import { settlementOf, settlementOfFailure } from "./settlement.ts";

export interface CarryOutDeps {
  source: Exclude<Source, "import">;
  snapshots: KeepSnapshots;
  ledger: Ledger;
  now: () => number;
  /** Told when the books could not be written after a call; the purchase then counts as what was set aside. */
  onUnsettled: (error: unknown) => void;
}

/** One call to the paid address, with a price of its own. */
export interface PaidCall<Other> {
  kind: PurchaseFacts["kind"];
  /** The most it may cost; less is set aside when less is left of the budget. */
  maxMicros: number;
  /** Sends it. `other` is what an unbilled call brought instead of an answer. */
  send: (terms: Required<PurchaseTerms>) => Promise<{ fetched: Fetched } | { other: Other }>;
  /** Says a failure in the light of how much could be set aside. */
  explain?: (error: unknown, setAsideMicros: number) => unknown;
}

export type CarriedOut<Other> = { snapshot: Snapshot; notes: string[] } | { other: Other };

/**
 * Set aside → send → keep → settle: whatever happens in between, the books know of the call before it leaves, and what
 * was paid for is kept before they are closed.
 * @throws {AppError} of `reserve` (nothing was sent), or of `send`, its charge in the books
 */
export async function carryOut<Other>(
  order: Order,
  { kind, maxMicros, send, explain = (error) => error }: PaidCall<Other>,
  deps: CarryOutDeps,
): Promise<CarriedOut<Other>> {
  const { request, requestKey } = order;
  const { target, limit = BODY_DEFAULTS.limit } = request;
  const reservation = await deps.ledger.reserve({ kind, target, requestKey, limit }, maxMicros);
  const settle = (settlement: Settlement) => deps.ledger.settle(reservation, settlement).catch(deps.onUnsettled);
  const maxPriceUsd = toUsd(reservation.micros);
  const sent = await send({ id: reservation.id, maxPriceUsd }).catch(async (error: unknown) => {
    await settle(settlementOfFailure(error));
    throw explain(error, reservation.micros);
  });
  if (!("fetched" in sent)) {
    await settle({ outcome: "not_charged" });
    return sent;
  }
  const { answer, charge } = sent.fetched;
  const snapshot = createSnapshot(answer, {
    source: deps.source,
    request,
    requestKey,
    fetchedAt: deps.now(),
    charge,
  });
  const { problem } = await deps.snapshots.put(snapshot);
  await settle(settlementOf(sent.fetched, snapshot.id));
  return { snapshot, notes: [...noteCharge(snapshot, maxPriceUsd), ...noteProblem(problem)] };
}

function noteCharge({ charge }: Snapshot, maxPriceUsd: number): string[] {
  if (charge.kind !== "reported" || toMicros(charge.usd) <= toMicros(maxPriceUsd)) return [];
  return [
    `the gateway reports a charge of ${formatUsd(charge.usd)}, above the cap of ${formatUsd(maxPriceUsd)} for this call: check the account`,
  ];
}

function noteProblem(problem: string | undefined): string[] {
  if (problem === undefined) return [];
  return [`this snapshot could not be written (${problem}): for now it is only in this process's memory`];
}
