// Beside the snapshot and not in it: the library's types name a snapshot and what was fetched, and compile without the
// types of Node or the DOM, which an AbortSignal needs.
import type { Endpoint } from "./endpoint.ts";
import type { ListRequest } from "./request.ts";
import type { Fetched } from "./snapshot.ts";

/** What one purchase may cost, and how it is told apart from every other. */
export interface PurchaseTerms {
  /** Made for this purchase alone; what the gateway sees of it keeps one purchase from being billed twice. */
  id: string;
  /** The most the gateway may charge, USD; a dearer call is to be refused unbilled. Left out: no cap is asked for. */
  maxPriceUsd?: number;
  /** Called right before each exchange, after any wait for it; what it throws keeps it from being sent. */
  mayGo?: () => Promise<void>;
  /** Called as the reply comes, with what it takes so far, bytes; it is read on when what this returns settles. */
  makeRoom?: (bytes: number) => Promise<void> | undefined;
}

/** What is asked of a gateway: a checked request, and the endpoint that it goes to. */
export interface Asked {
  endpoint: Endpoint;
  request: ListRequest;
}

/**
 * Fetches one list from the endpoint; this is the call that costs money.
 * @throws {AppError} for every failure, with what is known about the charge
 */
export type FetchList = (asked: Asked, terms: PurchaseTerms, signal: AbortSignal) => Promise<Fetched>;

/** What asking for a price brought. */
export type Quote =
  | {
      kind: "quoted";
      usd: number;
      /** The gateway says that the charge may come out higher. */
      mayExceed: boolean;
    }
  /** No price, and nothing was charged; `why` completes "no quote: …". */
  | {
      kind: "none";
      why: string;
      /** The price is above the cap of the question: it was not told, and the question may have been taken for an order. */
      reason?: "price_cap";
    }
  /** The gateway took no notice of the question and carried the call out: it is paid for, so it is kept. */
  | { kind: "bought"; fetched: Fetched };

/**
 * Asks the gateway what a request would cost, which it documents as free.
 * @throws {AppError} when the call failed and may have been charged, was charged, or was cancelled; unbilled too where
 *   a purchase would fail the same way (no valid key, no funds, no connection), so that nobody is asked to approve it
 */
export type FetchQuote = (asked: Asked, terms: PurchaseTerms, signal: AbortSignal) => Promise<Quote>;
