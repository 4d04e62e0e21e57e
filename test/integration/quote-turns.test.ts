import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../../src/access/principal.ts";
import type { App } from "../../src/compose/use-cases.ts";
import type { AppError } from "../../src/errors.ts";
import { openShop, type Shop } from "../support/open-shop.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const NOON = Date.UTC(2026, 10, 24, 12);

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.close());

const { signal } = new AbortController();

const calls = () => shop.gateway.books.read().calls;

/** Looks again with every turn of the event loop. */
async function waitFor(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const toTheGateway = () => waitFor(() => shop.gateway.faults.waiting().length === 0);

const onDisk = (more: Record<string, string> = {}) => ({
  env: { DOMAIN_PAGES_STORE: "disk", DOMAIN_PAGES_CACHE_DIR: makeTempFolder(), ...more },
  now: () => NOON,
});

const estimate = (app: App, offset: number, until: AbortSignal = signal) =>
  app.estimatePages({ target: "acme.example", limit: 1, offset }, { signal: until, surface: "mcp" });

const priceOf = async (estimated: ReturnType<typeof estimate>) => (await estimated).price.kind;

const failureOf = (call: Promise<unknown>): Promise<AppError> =>
  call.then(
    () => {
      throw new Error("the call succeeded");
    },
    (error: AppError) => error,
  );

const principal = (name: string): Principal => ({
  name: `token:${name}`,
  tenant: `tenant:${name}`,
  scopes: new Set(["pages:read", "snapshots:read"]),
  dailyBudgetUsd: null,
  callsPerMinute: null,
});

describe("a gateway that takes quotes for calls, asked by several at once", () => {
  const askers: [string, () => Promise<App[]>][] = [
    [
      "processes that share a folder",
      async () => {
        const shared = onDisk();
        return Promise.all([1, 2, 3].map(() => shop.open(shared)));
      },
    ],
    ...["disk", "memory", "none"].map((store): [string, () => Promise<App[]>] => [
      `tenants of one server (${store})`,
      async () => {
        const service = await shop.open(onDisk({ DOMAIN_PAGES_STORE: store }));
        return ["ann", "bob", "eve"].map((name) => service.appFor(principal(name)));
      },
    ]),
  ];

  it.each(askers)("is asked by one of them: %s", { timeout: 20_000 }, async (_who, open) => {
    const apps = await open();
    for (const _ of apps) shop.gateway.faults.add("data_for_quote");
    const kinds = await Promise.all(apps.map((app, at) => priceOf(estimate(app, at))));
    expect(kinds.sort()).toEqual(["bought", "none", "none"]);
    expect(calls().received).toBe(1);
  });

  it("is asked by one of those that want to buy, each with the turn of its list", async () => {
    const shared = onDisk({ DOMAIN_PAGES_ASK_ABOVE_USD: "0.2" });
    const services = await Promise.all([1, 2, 3].map(() => shop.open(shared)));
    for (const _ of services) shop.gateway.faults.add("data_for_quote");
    const targets = ["acme.example", "blog.acme.example", "shop.acme.example"];
    const results = await Promise.allSettled(
      services.map((service, at) => service.getPages({ target: targets[at], limit: 1 }, { signal, surface: "mcp" })),
    );
    // The others hear that a person has to agree first, since nothing was quoted.
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(calls().received).toBe(1);
  });
});

describe("a gateway that quotes", () => {
  it("is asked by many at once as soon as it has quoted one price", async () => {
    const service = await shop.open(onDisk());
    expect(await priceOf(estimate(service, 0))).toBe("quoted");
    shop.gateway.faults.add("stall");
    const leaver = new AbortController();
    const stalled = failureOf(estimate(service, 1, leaver.signal));
    await toTheGateway();
    expect(await priceOf(estimate(service, 2))).toBe("quoted");
    leaver.abort();
    expect((await stalled).kind).toBe("cancelled");
  });

  it("is asked at once by all who waited for its first price", async () => {
    const service = await shop.open(onDisk());
    shop.gateway.faults.add("slow;ms=100");
    const first = estimate(service, 0);
    await toTheGateway();
    shop.gateway.faults.add("stall");
    const leavers = [1, 2, 3].map(() => new AbortController());
    let quoted = 0;
    const rest = leavers.map((leaver, at) =>
      estimate(service, at + 1, leaver.signal).then(
        ({ price }) => {
          quoted += price.kind === "quoted" ? 1 : 0;
        },
        () => {},
      ),
    );
    expect(await priceOf(first)).toBe("quoted");
    // One of them stalls, and is nobody's hindrance.
    await waitFor(() => quoted === 2);
    for (const leaver of leavers) leaver.abort();
    await Promise.all(rest);
  });

  it("sells to those who ask for the price with the turn of their list, beside those who ask for it alone", async () => {
    const shared = onDisk({ DOMAIN_PAGES_ASK_ABOVE_USD: "0.2" });
    const services = await Promise.all([1, 2, 3].map(() => shop.open(shared)));
    const targets = ["acme.example", "blog.acme.example", "shop.acme.example"];
    const [bought, estimated] = await Promise.all([
      Promise.all(
        services.map((service, at) => service.getPages({ target: targets[at], limit: 1 }, { signal, surface: "mcp" })),
      ),
      Promise.all(services.map((service, at) => priceOf(estimate(service, at + 1)))),
    ]);
    expect(bought.map(({ delivery }) => delivery?.how)).toEqual(["bought", "bought", "bought"]);
    expect(estimated).toEqual(["quoted", "quoted", "quoted"]);
    expect(calls()).toMatchObject({ quoted: 6, carried_out: 3 });
  });
});

describe("the wait for the first price", () => {
  it("ends with whoever leaves, uncharged, and the next one asks when the first has left", async () => {
    const shared = onDisk({ DOMAIN_PAGES_ASK_ABOVE_USD: "0.2" });
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => shop.open(shared)));
    if (first === undefined || second === undefined || third === undefined) throw new Error("three are open");
    shop.gateway.faults.add("stall");
    const [asker, leaver] = [new AbortController(), new AbortController()];
    const stalled = failureOf(estimate(first, 0, asker.signal));
    await toTheGateway();
    const waiting = [
      failureOf(second.getPages({ target: "acme.example" }, { signal: leaver.signal, surface: "mcp" })),
      failureOf(estimate(second, 1, leaver.signal)),
    ];
    const next = estimate(third, 2);
    leaver.abort();
    for (const failure of await Promise.all(waiting)) {
      expect(failure).toMatchObject({ kind: "cancelled", facts: { charge: "not_charged" } });
    }
    expect(calls().received).toBe(1);
    asker.abort();
    expect((await stalled).kind).toBe("cancelled");
    expect(await priceOf(next)).toBe("quoted");
  });

  it("ends at the deadline of a call, without a price", async () => {
    const shared = onDisk({ DOMAIN_PAGES_TIMEOUT_MS: "1000" });
    const [first, second] = await Promise.all([1, 2].map(() => shop.open(shared)));
    if (first === undefined || second === undefined) throw new Error("two are open");
    shop.gateway.faults.add("stall");
    const asker = new AbortController();
    const stalled = failureOf(estimate(first, 0, asker.signal));
    await toTheGateway();
    expect((await estimate(second, 1)).price).toMatchObject({
      kind: "none",
      why: expect.stringContaining("asking for the same first"),
    });
    asker.abort();
    await stalled;
  });

  it("is none where quotes are switched off", async () => {
    const shared = onDisk({ DOMAIN_PAGES_QUOTES: "off" });
    const service = await shop.open(shared);
    expect((await estimate(service, 0)).price).toMatchObject({
      kind: "none",
      why: expect.stringContaining("switched off"),
    });
    expect(calls().received).toBe(0);
  });
});
