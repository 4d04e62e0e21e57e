import { AsyncLocalStorage } from "node:async_hooks";

/** What is known of the request in whose course something happens. */
export interface RequestFacts {
  /** 1 to 64 of A–Z a–z 0–9 . _ - */
  requestId: string;
  /** W3C trace context, version 00, as it came. */
  traceparent?: string;
  /** Name of the principal, once it is known. */
  principal?: string;
}

/** Carries the facts of a request to whatever runs for it, without an argument. */
export interface RequestScope {
  run<T>(facts: RequestFacts, fn: () => T): T;
  /** @returns undefined outside of any request */
  get(): RequestFacts | undefined;
}

export function createRequestScope(): RequestScope {
  const storage = new AsyncLocalStorage<RequestFacts>();
  return { run: (facts, fn) => storage.run(facts, fn), get: () => storage.getStore() };
}

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Neither id may be all zeros (W3C Trace Context, 3.2.2). */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** @param given `x-request-id`; one that is not in our form is replaced, not mended */
export function toRequestId(given: string | string[] | undefined, makeId: () => string): string {
  return typeof given === "string" && REQUEST_ID.test(given) ? given : makeId();
}

/** @returns undefined when there is none, or none that the standard allows */
export function toTraceparent(given: string | string[] | undefined): string | undefined {
  return typeof given === "string" && TRACEPARENT.test(given) ? given : undefined;
}
