import { afterEach, describe, expect, it } from "vitest";
import type { AppError } from "../../src/errors.ts";
import { createReplyRoom } from "../../src/spend/reply-room.ts";
import { createLiveWire } from "../../src/upstream/live-wire.ts";
import { serviceOver } from "../support/service-over.ts";
import { type Respond, startStub } from "../support/stub-upstream.ts";

const MB = 1 << 20;
/** Far more than a page takes: the gateway is not trusted with the size of what it answers. */
const REPLY_BYTES = 3 * MB;
const MAX_REPLY_BYTES = 4 * MB;
const ROOM_BYTES = 6 * MB;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function replyTo(target: string): string {
  const description = "x".repeat(REPLY_BYTES);
  const items = [
    { type: "backlinks_domain_page", page: `https://${target}/`, status_code: 200, meta: { description } },
  ];
  const task = { id: "x", status_code: 20000, data: { target }, result: [{ target, total_count: 1, items }] };
  return JSON.stringify({ status_code: 20000, tasks: [task] });
}

/** The product over real sockets, with little room, and what it held at most. */
async function open(respond: Respond, waitMs = 60_000) {
  const stub = await startStub(respond);
  const proxy = { httpProxy: "", httpsProxy: "", noProxy: "" };
  const live = createLiveWire({ origin: stub.origin, timeoutMs: 30_000, maxReplyBytes: MAX_REPLY_BYTES, proxy });
  closers.push(stub.close, live.close);
  const room = createReplyRoom({ maxBytes: ROOM_BYTES, waitMs });
  let most = 0;
  const replyRoom: typeof room = {
    ...room,
    enter: async (...args) => {
      const seat = await room.enter(...args);
      const grow = (bytes: number) => {
        most = Math.max(most, room.bytes());
        return seat.grow(bytes);
      };
      return { ...seat, grow };
    },
  };
  const env = { AISA_API_KEY: "sk-aisa-test", AISA_BASE_URL: `${stub.origin}/apis/v1`, DOMAIN_PAGES_STORE: "none" };
  const service = await serviceOver(live.exchange, { env, replyRoom });
  const ask = (target: string, limit = 10) =>
    service.getPages({ target, limit }, { signal: new AbortController().signal, surface: "mcp" });
  return { ask, stub, held: { now: room.bytes, most: () => most } };
}

const respondTo: Respond = (response, { body }) => {
  response.writeHead(200, { "x-aisa-price-usd": "0.024" });
  response.end(replyTo(JSON.parse(body).target));
};

describe("large replies at the same time", { timeout: 60_000 }, () => {
  it("are all taken in, once each, within one bound for all", async () => {
    const { ask, stub, held } = await open(respondTo);
    const targets = Array.from({ length: 16 }, (_, n) => `m${n}.example`);
    const answers = await Promise.all(targets.map((target) => ask(target)));
    expect(answers.map(({ itemsFetched }) => itemsFetched)).toEqual(Array(16).fill(1));
    expect(stub.seen).toHaveLength(16);
    expect(held.most()).toBeGreaterThan(REPLY_BYTES);
    expect(held.most()).toBeLessThanOrEqual(ROOM_BYTES + MAX_REPLY_BYTES);
    expect(held.now()).toBe(0);
  });

  it("leave the next one unsent, and uncharged, where there is no room in time", async () => {
    const waiting: (() => void)[] = [];
    const { ask, stub, held } = await open((...args) => waiting.push(() => respondTo(...args)), 50);
    const first = ask("first.example", 1000);
    await stub.nextRequest();
    const refused = await ask("second.example", 1000).catch((error: AppError) => error);
    expect(refused).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("leaves no room for another"),
      facts: { charge: "not_charged" },
    });
    for (const answer of waiting) answer();
    expect((await first).itemsFetched).toBe(1);
    expect(stub.seen).toHaveLength(1);
    expect(held.now()).toBe(0);
  });
});
