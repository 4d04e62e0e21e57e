import { afterEach } from "vitest";
import { AppError } from "../../src/errors.ts";
import type { PurchaseTerms } from "../../src/lists/fetch-list.ts";
import { DOMAIN_PAGES, parseRequest } from "../../src/pages/domain-pages.ts";
import { type ClientDeps, createClient } from "../../src/upstream/client.ts";
import { createLiveWire } from "../../src/upstream/live-wire.ts";
import type { Wire } from "../../src/upstream/wire.ts";
import { wait } from "../../src/upstream/wire.ts";
import { readAnswer, readErrorReply } from "../fixtures/load.ts";
import { type Respond, replyWith, type Seen, startStub } from "../support/stub-upstream.ts";

export const KEY = "sk-aisa-test";
const NO_PROXY = { httpProxy: "", httpsProxy: "", noProxy: "" };
export const DATA = replyWith(200, readAnswer("ten-pages"), { "x-aisa-price-usd": "0.048720" });

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A wire over real sockets, closed after the test. */
export function liveWire(origin: string, timeoutMs = 20_000): Wire {
  const wire = createLiveWire({ origin, timeoutMs, maxReplyBytes: 1 << 20, proxy: NO_PROXY });
  closers.push(wire.close);
  return wire.exchange;
}

/** A stub on a real socket, closed after the test. */
export async function startUpstream(respond: Respond) {
  const upstream = await startStub(respond);
  closers.push(upstream.close);
  return upstream;
}

export interface Asked {
  arguments?: Record<string, unknown>;
  terms?: PurchaseTerms;
  signal?: AbortSignal;
}

/** The client over a wire, taking the arguments of a caller. It tries nothing again unless `more` says so. */
export function clientOver(wire: Wire, more: Partial<ClientDeps> = {}) {
  const { fetchList, fetchQuote } = createClient({
    wire,
    basePath: "/apis/v1",
    apiKey: KEY,
    bodyForm: "auto",
    timeoutMs: 20_000,
    send: { priceCap: true, idempotencyKey: true, quote: true },
    retry: { withinMs: 0, random: () => 0.5, wait },
    now: () => 0,
    ...more,
  });
  const ask =
    <T>(fetch: (...asked: Parameters<typeof fetchList>) => Promise<T>) =>
    ({ arguments: given = {}, terms = { id: "buy_1" }, signal = new AbortController().signal }: Asked = {}) => {
      const rules = { allowUnknownFields: false, mapBareNames: true };
      const { request } = parseRequest({ target: "acme.example", ...given }, rules);
      return fetch({ endpoint: DOMAIN_PAGES, request }, terms, signal);
    };
  return { fetchPages: ask(fetchList), fetchQuote: ask(fetchQuote) };
}

/** A clock that only waits move: each wait is over at once and noted. */
export function createWaits() {
  let at = 0;
  const waited: number[] = [];
  return {
    waited,
    now: () => at,
    wait: async (ms: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      waited.push(ms);
      at += ms;
    },
  };
}

export async function failureOf(call: Promise<unknown>): Promise<AppError> {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (caught: unknown) => caught,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
}

export const keysOf = (seen: Seen[]) => seen.map(({ headers }) => headers["idempotency-key"]);

/** Answers each request in turn: with a fixture's reply, with data, or as the function does. */
export function inTurn(...replies: (string | Respond)[]): Respond {
  return (response, request) => {
    const reply = replies.shift();
    if (reply === undefined) throw new Error("one request too many");
    if (typeof reply === "function") return reply(response, request);
    if (reply === "data") return DATA(response, request);
    const { status, headers, body } = readErrorReply(reply);
    return replyWith(status, body, { ...headers })(response, request);
  };
}
