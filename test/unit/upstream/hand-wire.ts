import type { Wire, WireReply, WireRequest } from "../../../src/upstream/wire.ts";

export const OK: WireReply = { status: 200, headers: {}, body: "{}" };

export const request = (signal = new AbortController().signal): WireRequest => ({
  method: "POST",
  path: "/x",
  headers: { a: "b" },
  body: "{}",
  signal,
});

export interface Exchange {
  request: WireRequest;
  reply(reply?: WireReply): void;
  fail(error: unknown): void;
}

/** A wire whose exchanges end when the test says so. */
export function createHandWire(): { wire: Wire; exchanges: Exchange[] } {
  const exchanges: Exchange[] = [];
  const wire: Wire = (one) =>
    new Promise((resolve, reject) => {
      exchanges.push({ request: one, reply: (reply = OK) => resolve(reply), fail: reject });
    });
  return { wire, exchanges };
}

/** What became of an exchange: a status, or why there was none. */
export const outcomeOf = (exchange: Promise<WireReply>): Promise<number | string> =>
  exchange.then(
    ({ status }) => status,
    ({ reason, wasSent }) => `${reason}${wasSent ? ", sent" : ""}`,
  );
