import { AppError, type Consent } from "../errors.ts";
import type { Asked, PurchaseTerms } from "../lists/fetch-list.ts";
import type { KeptReplies } from "../lists/kept-reply.ts";
import { UNNAMED_ENDPOINT } from "../lists/request.ts";
import type { Fetched, Snapshot, Source } from "../lists/snapshot.ts";
import { formatUsd } from "../lists/text.ts";
import { keepFetched, keepUnread } from "./keep-fetched.ts";
import {
  type Ledger,
  type PurchaseFacts,
  type Reservation,
  type Settlement,
  toMicros,
  toUsd,
} from "./ledger/ledger.ts";
import { estimateReplyBytes, type ReplyRoom, type Seat } from "./reply-room.ts";

export interface CarryOutDeps {
  source: Exclude<Source, "import">;
  /** Who is asked, as the books name it: its address without credentials, or the sandbox. */
  gateway: string;
  snapshots: KeepSnapshots;
  /** Where replies go that could not be read. @default nowhere */
  replies?: Pick<KeptReplies, "put">;
  /** Of all purchases of this process. @default without bound */
  replyRoom?: ReplyRoom;
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
  /** The least that has to be set aside for it to be sent: what it will cost, where nothing else holds it there. */
  leastMicros?: number;
  /** Sends it. `other` is what an unbilled call brought instead of an answer. */
  send: (terms: Required<PurchaseTerms>) => Promise<{ fetched: Fetched } | { other: Other }>;
  /** Ends the wait for room. */
  signal: AbortSignal;
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
  call: PaidCall<Other>,
  deps: CarryOutDeps,
): Promise<CarriedOut<Other>> {
  const { kind, explain = (error) => error } = call;
  const reservation = await deps.ledger.reserve(toFacts(order, kind, deps), call.maxMicros);
  const settle = (settlement: Settlement) => deps.ledger.settle(reservation, settlement).catch(deps.onUnsettled);
  const maxPriceUsd = toUsd(reservation.micros);
  const seat = createSeat(order, call, deps.replyRoom);
  try {
    const sent = await send(order, call, reservation, seat).catch(async (error: unknown) => {
      const failure = kind === "quote" ? asFree(error) : error;
      await settle(settlementOfFailure(failure));
      throw explain(await keepUnread(failure, order, deps), reservation.micros);
    });
    if (!("fetched" in sent)) {
      await settle({ outcome: "not_charged" });
      return sent;
    }
    const { snapshotId, result } = await keepFetched(order, sent.fetched, deps);
    await settle(settlementOf(sent.fetched, snapshotId));
    if ("refusal" in result) throw result.refusal;
    const { snapshot, notes } = result;
    return { snapshot, notes: [...noteCharge(snapshot, maxPriceUsd), ...notes] };
  } finally {
    seat.leave();
  }
}

/** A seat that is taken when the call is about to be sent: what waits for its turn at the gateway takes no room. */
function createSeat(order: Order, { kind, signal }: PaidCall<unknown>, room: ReplyRoom | undefined) {
  const bytes = estimateReplyBytes(kind === "quote" ? 0 : limitOf(order));
  let seat: Seat | undefined;
  return {
    take: async () => {
      seat ??= await room?.enter(bytes, signal);
    },
    grow: (taken: number) => seat?.grow(taken),
    leave: () => seat?.leave(),
  };
}

/** The most items that can come. */
export const limitOf = ({ endpoint, request }: Asked): number => request.limit ?? endpoint.defaults.limit;

const toFacts = (order: Order, kind: PurchaseFacts["kind"], deps: CarryOutDeps) => ({
  kind,
  ...(order.endpoint.name !== UNNAMED_ENDPOINT && { endpoint: order.endpoint.name }),
  target: order.request.target,
  requestKey: order.requestKey,
  limit: limitOf(order),
  gateway: deps.gateway,
  ...(kind === "pages" && order.consent?.requestKey === order.requestKey && { consent: order.consent.id }),
});

async function send<Other>(
  { turn }: Order,
  { send, leastMicros = 0 }: PaidCall<Other>,
  { id, micros }: Reservation,
  seat: ReturnType<typeof createSeat>,
): Promise<{ fetched: Fetched } | { other: Other }> {
  if (micros < leastMicros) throw dearerThanSetAside();
  const mayGo = async () => {
    await seat.take();
    if (turn !== undefined && !(await turn.isMine())) throw new LostTurnError();
  };
  return send({ id, maxPriceUsd: toUsd(micros), mayGo, makeRoom: seat.grow });
}

const dearerThanSetAside = (): AppError =>
  new AppError("budget", "This call costs more than could be set aside.", {
    charge: "not_charged",
    reason: "price_cap",
  });

/** This process slept, or was cut off, for so long that another may have bought in its place: nothing was sent. */
export class LostTurnError extends AppError {
  constructor() {
    super("unavailable", "This server stood still for a while before it could send the call.", {
      charge: "not_charged",
      advice: "Try again.",
    });
  }
}

/**
 * Asking for a price is documented as free: a question that failed is no money that may be gone. A gateway that charges
 * for questions all the same says so, and is not asked again.
 */
function asFree(error: unknown): unknown {
  if (!(error instanceof AppError) || error.facts.charge !== "unknown") return error;
  return new AppError(error.kind, error.message, {
    ...error.facts,
    charge: "not_charged",
    advice: "Asking for a price is free: try again later.",
  });
}

function noteCharge({ charge }: Snapshot, maxPriceUsd: number): string[] {
  if (charge.kind !== "reported" || toMicros(charge.usd) <= toMicros(maxPriceUsd)) return [];
  return [
    `the gateway reports a charge of ${formatUsd(charge.usd)}, above the cap of ${formatUsd(maxPriceUsd)} for this call: check the account`,
  ];
}

/** How a purchase that brought an answer ended. A charge that nobody reported is not the same as none. */
export function settlementOf({ charge, requestId }: Fetched, snapshotId: string): Settlement {
  const facts = { snapshotId, ...(requestId !== undefined && { requestId }) };
  if (charge.kind === "reported") return { outcome: "charged", micros: toMicros(charge.usd), ...facts };
  return { outcome: "not_reported", ...facts };
}

/** How a purchase that failed ended, as far as the failure tells; a defect of ours tells nothing. */
export function settlementOfFailure(error: unknown): Settlement {
  if (!(error instanceof AppError)) return { outcome: "unknown" };
  const { charge, chargedUsd, requestId } = error.facts;
  const facts = { ...(requestId !== undefined && { requestId }) };
  if (charge === "not_charged") return { outcome: "not_charged", ...facts };
  if (charge !== "charged") return { outcome: "unknown", ...facts };
  if (chargedUsd === undefined) return { outcome: "not_reported", ...facts };
  return { outcome: "charged", micros: toMicros(chargedUsd), ...facts };
}

/** What a caller wants. */
export interface Order extends Asked {
  /** `toRequestKey` of the request. */
  requestKey: string;
  /** The oldest kept answer that will do, ms; 0: none will, however young. */
  maxAgeMs: number;
  consent?: Consent;
  /** The turn in which it is bought; left out where nobody else could buy the same. */
  turn?: HeldTurn;
}

/** A turn to buy. A holder that slept or was cut off may have been taken for dead, and another buys in its place. */
export interface HeldTurn {
  /** Asked right before a call is sent: whether no other holder can have come. */
  isMine(): Promise<boolean>;
}

/**
 * Runs one purchase of a key at a time, across the processes that share a store.
 * @throws what `use` throws; anything when the signal is aborted before `use` began
 */
export type WithKeyLock = <T>(key: string, signal: AbortSignal, use: (turn: HeldTurn) => Promise<T>) => Promise<T>;

/** What the caller gets. */
export interface Bought {
  snapshot: Snapshot;
  /** `kept`: it was there and cost nothing now; `shared`: another caller's purchase brought it. */
  how: "bought" | "shared" | "kept";
  /** Things the reader has to know about the purchase, one sentence each. */
  notes: string[];
}

/** Where snapshots are kept, as far as spending needs it. */
export interface KeepSnapshots {
  /** Never throws. `problem` says why it is not where it should be. */
  put(snapshot: Snapshot): Promise<{ where: string; problem?: string }>;
  newest(requestKey: string): Promise<Snapshot | undefined>;
  /** What stands in the way of keeping a snapshot now (`EACCES`), as far as that can be tried out; left out: nothing. */
  obstacle?(): Promise<string | undefined>;
}
