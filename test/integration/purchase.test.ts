import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AppError } from "../../src/errors.ts";
import type { Caller } from "../../src/lists/get-list.ts";
import { renderStructured, renderText } from "../../src/pages/answer/render-answer.ts";
import type { Wire } from "../../src/upstream/wire.ts";
import { openShop, type Shop } from "../support/open-shop.ts";
import { type ServiceOver, serviceOver } from "../support/service-over.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const NOON = Date.UTC(2026, 10, 24, 12);
const HOUR_MS = 3_600_000;
/** One page at the shop's prices. */
const ONE_PAGE_USD = 0.026;

/** What the endpoint answers, with one page. */
const ONE_PAGE = JSON.stringify({
  status_code: 20000,
  tasks: [
    {
      id: "x",
      status_code: 20000,
      result: [
        {
          target: "acme.example",
          total_count: 9,
          items: [{ type: "backlinks_domain_page", page: "https://acme.example/", status_code: 200, page_summary: {} }],
        },
      ],
    },
  ],
});

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.close());

const billed = () => shop.gateway.books.read().billed;
const calls = () => shop.gateway.books.read().calls;

function ask(service: ServiceOver, args: Record<string, unknown> = {}, caller: Partial<Caller> = {}) {
  return service.getPages(
    { target: "acme.example", limit: 1, ...args },
    { signal: new AbortController().signal, surface: "mcp", ...caller },
  );
}

const headerOf = async (answer: ReturnType<typeof ask>) => renderText(await answer).split("\n")[1];

describe("purchases that together hold a list", () => {
  it("say in each answer where the rest of it lies, and what none of them holds", async () => {
    const service = await shop.open();
    const coverageOf = async (args: Record<string, unknown>) =>
      renderText(await ask(service, args)).match(/^coverage: .*$/m)?.[0];
    expect(await coverageOf({ limit: 10 })).toMatch(/the 83 URLs not fetched/);
    expect(await coverageOf({ limit: 30, offset: 10 })).toMatch(
      /; URLs 1-10 are kept in s_\w+; URLs 41-93 not fetched$/,
    );
    expect(await coverageOf({ limit: 53, offset: 40 })).toMatch(/; URLs 1-10 are kept in s_\w+, 11-40 in s_\w+$/);
    expect(await coverageOf({ limit: 10 })).toMatch(/; URLs 11-40 are kept in s_\w+, 41-93 in s_\w+$/);
    const answer = await service.queryPages({ target: "acme.example" }, { surface: "mcp" });
    expect(answer.missing).toEqual([expect.stringMatching(/^URLs 1-10 are kept in s_\w+, 11-40 in s_\w+$/)]);
    expect(answer.next.filter(({ cost }) => cost === "paid")).toEqual([]);
    expect(billed().calls).toBe(3);
  });
});

async function failureOf(call: Promise<unknown>): Promise<AppError> {
  return call.then(
    () => {
      throw new Error("the call succeeded");
    },
    (error: AppError) => error,
  );
}

const onDisk = (folder: string, more: Record<string, string> = {}) => ({
  env: { DOMAIN_PAGES_STORE: "disk", DOMAIN_PAGES_CACHE_DIR: folder, ...more },
  now: () => NOON,
});

/** The whole list may be bought. */
const DEAR = { DOMAIN_PAGES_MAX_PRICE_USD: "2" };

describe("an answer that holds more than is asked for", () => {
  const stores: [string, () => Record<string, string>][] = [
    ["in memory", () => ({ DOMAIN_PAGES_STORE: "memory", ...DEAR })],
    ["on disk", () => ({ DOMAIN_PAGES_STORE: "disk", DOMAIN_PAGES_CACHE_DIR: makeTempFolder(), ...DEAR })],
  ];

  it.each(stores)("answers every smaller limit and every offset for free, %s", async (_where, env) => {
    const service = await shop.open({ env: env(), now: () => NOON });
    const whole = await ask(service, { limit: 1000 });
    const slice = await ask(service, { limit: 5, offset: 20 });
    expect(slice.snapshotId).toBe(whole.snapshotId);
    expect(slice.rows.map(([handle]) => handle)).toContain("p21");
    const text = renderText(slice);
    expect(text).toContain(
      `note: a slice of kept snapshot ${whole.snapshotId}: 5 of its 93 URLs, those after its first 20;`,
    );
    expect(text).toContain(`next, free: query_domain_pages {"snapshot_id":"${whole.snapshotId}"} (all 93 URLs`);
    // All of the list was fetched, though not for this answer.
    expect(text).not.toMatch(/URLs? (?:not fetched|after these)/);
    expect(renderStructured(slice)["coverage"]).toMatchObject({ urls_not_fetched: 0, urls_skipped: 20 });
    await ask(service, { offset: 500 });
    await ask(service);
    expect(billed().calls).toBe(1);
  });

  it("is used by the next process too, where they share a folder, and by no other tenant's", async () => {
    const folder = makeTempFolder();
    await ask(await shop.open(onDisk(folder)), { limit: 40 });
    const next = await shop.open(onDisk(folder));
    expect(renderText(await ask(next, { limit: 10 }))).toContain("10 of its 40 URLs, its first;");
    expect(billed().calls).toBe(1);
    await ask(next, { limit: 10, offset: 35 });
    await ask(next, { limit: 41 });
    expect(billed().calls).toBe(3);
  });

  it("does not do where fresh data is asked for, or another order", async () => {
    let now = NOON;
    const service = await shop.open({ env: DEAR, now: () => ++now });
    await ask(service, { limit: 1000 });
    await ask(service, { limit: 3, order_by: ["page_summary.backlinks,desc"] });
    await ask(service, { limit: 3 }, { wantsFresh: true });
    expect(billed().calls).toBe(3);
  });
});

describe("an answer that was paid for", () => {
  it("tells its charge and what is left of the budget", async () => {
    const service = await shop.open({ now: () => NOON });
    expect(await headerOf(ask(service))).toMatch(
      /^snapshot s_\w{8} of 2026-11-24 12:00 UTC; charged \$0\.026; upstream cost \$0; \$4\.974 left of today's budget; pages last crawled 2026-09-28$/,
    );
    expect(billed()).toEqual({ calls: 1, micros: 26_000 });
  });

  it("answers the same request again for free, however it is spelt, and says how old it is", async () => {
    let now = NOON;
    const service = await shop.open({ now: () => now });
    const first = await ask(service);
    now += 3 * HOUR_MS;
    const again = ask(service, { target: "https://acme.example", offset: 0, tag: "march", filters: [] });
    expect(await headerOf(again)).toBe(
      `snapshot ${first.snapshotId} of 2026-11-24 12:00 UTC, kept, 3 h old; free now, charged $0.026 when fetched; upstream cost $0; pages last crawled 2026-09-28`,
    );
    expect(billed().calls).toBe(1);
  });

  it("is bought anew when it is no longer fresh, and when fresh data is asked for", async () => {
    let now = NOON;
    const service = await shop.open({ now: () => now });
    await ask(service);
    now += 1;
    await ask(service, {}, { wantsFresh: true });
    expect(billed().calls).toBe(2);
    now += 24 * HOUR_MS;
    await ask(service);
    expect(billed().calls).toBe(2);
    now += 1;
    await ask(service);
    expect(billed().calls).toBe(3);
  });

  it("is bought every time with a freshness of 0 hours, or without a store", async () => {
    let now = NOON;
    for (const env of [{ DOMAIN_PAGES_FRESH_HOURS: "0" }, { DOMAIN_PAGES_STORE: "none" }]) {
      const service = await shop.open({ env, now: () => ++now });
      await ask(service);
      await ask(service);
    }
    expect(billed().calls).toBe(4);
  });

  it("outlives the process, budget and all", async () => {
    const folder = makeTempFolder();
    const first = await ask(await shop.open(onDisk(folder)));
    const restarted = await shop.open(onDisk(folder));
    expect((await ask(restarted)).snapshotId).toBe(first.snapshotId);
    expect(await headerOf(ask(restarted, { offset: 1 }))).toContain("$4.948 left of today's budget");
    expect(billed().calls).toBe(2);
  });

  it("is delivered with a note when the disk does not take it", async () => {
    const service = await shop.open(onDisk("/dev/null/nowhere", { DOMAIN_PAGES_STORE: "disk" }));
    const { kind, message, facts } = await failureOf(ask(service));
    // Where no turn can be taken, the same could be bought twice.
    expect({ kind, charge: facts.charge }).toEqual({ kind: "config", charge: "not_charged" });
    expect(message).toContain("cannot be written (ENOTDIR)");
    expect(facts.advice).toContain("DOMAIN_PAGES_CACHE_DIR");
    expect(calls().received).toBe(0);
  });
});

describe("requests at the same time", () => {
  it("for the same thing share one purchase", async () => {
    const service = await shop.open();
    shop.gateway.faults.add("slow;ms=30");
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(service)));
    expect(new Set(answers.map(({ snapshotId }) => snapshotId)).size).toBe(1);
    expect(answers.map(({ delivery }) => delivery?.how).sort()).toEqual(["bought", ...Array(9).fill("shared")]);
    expect(billed().calls).toBe(1);
  });

  it("share it across processes with one folder", async () => {
    const folder = makeTempFolder();
    const services = await Promise.all([1, 2, 3].map(() => shop.open(onDisk(folder))));
    shop.gateway.faults.add("slow;ms=30");
    const answers = await Promise.all(services.flatMap((service) => [ask(service), ask(service)]));
    expect(new Set(answers.map(({ snapshotId }) => snapshotId)).size).toBe(1);
    expect(billed().calls).toBe(1);
  });

  it("for different things are different purchases", async () => {
    const service = await shop.open();
    await Promise.all([0, 1, 2].map((offset) => ask(service, { offset })));
    expect(billed().calls).toBe(3);
  });

  describe.each([
    ["in memory", () => ({ DOMAIN_PAGES_STORE: "memory" }), 1],
    ["by processes with one folder", () => onDisk(makeTempFolder()).env, 2],
  ] as const)("for parts of one list, %s", (_where, env, howMany) => {
    const openAll = async () => {
      const shared = { env: { ...env(), ...DEAR }, now: () => NOON };
      return Promise.all(Array.from({ length: howMany }, () => shop.open(shared)));
    };

    it.each([{}, { wantsFresh: true }])("are one purchase where the larger is bought first (%j)", async (caller) => {
      const services = await openAll();
      shop.gateway.faults.add("slow;ms=100");
      const larger = ask(services[0] as ServiceOver, { limit: 90 }, caller);
      await waitFor(() => shop.gateway.faults.waiting().length === 0);
      const smaller = [{ limit: 40 }, { limit: 10, offset: 50 }].map((args) =>
        ask(services.at(-1) as ServiceOver, args, caller),
      );
      const whole = await larger;
      for (const part of await Promise.all(smaller)) expect(part.snapshotId).toBe(whole.snapshotId);
      expect(billed().calls).toBe(1);
    });

    it("are bought one after another where one does not hold the other, up to the end of the list", async () => {
      const services = await openAll();
      shop.gateway.faults.add("slow;ms=100");
      const part = ask(services[0] as ServiceOver, { limit: 40 });
      await waitFor(() => shop.gateway.faults.waiting().length === 0);
      const rest = [{ limit: 1000 }, { limit: 5, offset: 200 }].map((args) =>
        ask(services.at(-1) as ServiceOver, args),
      );
      const [whole, beyond] = await Promise.all(rest);
      expect((await part).itemsFetched).toBe(40);
      expect(whole?.itemsFetched).toBe(93);
      expect(beyond?.itemsFetched).toBe(0);
      // Which of the two came first is open.
      expect(billed().calls).toBeLessThanOrEqual(3);
      expect(billed().calls).toBeGreaterThanOrEqual(2);
    });

    it("leave other lists alone, and end with whoever leaves while waiting", async () => {
      const services = await openAll();
      shop.gateway.faults.add("stall");
      const caller = new AbortController();
      const stalled = failureOf(ask(services[0] as ServiceOver, { limit: 90 }, { signal: caller.signal }));
      await waitFor(() => shop.gateway.faults.waiting().length === 0);
      const leaver = new AbortController();
      const waiting = failureOf(ask(services.at(-1) as ServiceOver, { limit: 40 }, { signal: leaver.signal }));
      const other = await ask(services.at(-1) as ServiceOver, { limit: 40, backlinks_status_type: "all" });
      expect(other.delivery?.how).toBe("bought");
      leaver.abort();
      expect(await waiting).toMatchObject({ kind: "cancelled", facts: { charge: "not_charged" } });
      caller.abort();
      await stalled;
    });
  });

  it("go on when one caller leaves, and end when the last one has left", async () => {
    const service = await shop.open();
    shop.gateway.faults.add("stall");
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [first, second].map(({ signal }) => failureOf(ask(service, {}, { signal })));
    await waitFor(() => shop.gateway.faults.waiting().length === 0);
    first.abort();
    expect(await asked[0]).toMatchObject({ kind: "cancelled", message: /Another caller waits/ });
    second.abort();
    expect(await asked[1]).toMatchObject({ kind: "cancelled", facts: { charge: "unknown" } });
    await service.landed();
    // It may have been charged, so the cap stays counted.
    expect(await headerOf(ask(service, { offset: 1 }))).toContain("$4.724 left of today's budget");
  });
});

describe("the budget", () => {
  it("is never exceeded, whoever spends it", async () => {
    const folder = makeTempFolder();
    const env = { DOMAIN_PAGES_DAILY_BUDGET_USD: "0.1", DOMAIN_PAGES_MAX_PRICE_USD: "0.026" };
    const services = await Promise.all([1, 2].map(() => shop.open(onDisk(folder, env))));
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, offset) => ask(services[offset % 2] as ServiceOver, { offset })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(billed()).toEqual({ calls: 3, micros: 78_000 });
  });

  it("caps a call at what is left, and says that this is in the way", async () => {
    const service = await shop.open({ env: { DOMAIN_PAGES_DAILY_BUDGET_USD: "0.04" } });
    await ask(service);
    expect(await failureOf(ask(service, { offset: 1 }))).toMatchObject({
      kind: "budget",
      message: "What is left of today's budget, $0.014 of $0.04, does not pay for this call.",
      facts: { charge: "not_charged" },
    });
    expect(billed().calls).toBe(1);
  });

  it("of 0 buys nothing, and asks for nothing", async () => {
    const service = await shop.open({ env: { DOMAIN_PAGES_DAILY_BUDGET_USD: "0" } });
    expect(await failureOf(ask(service))).toMatchObject({ kind: "budget", facts: { charge: "not_charged" } });
    expect(calls().received).toBe(0);
  });

  it("does not stand in the way of what is kept", async () => {
    const folder = makeTempFolder();
    await ask(await shop.open(onDisk(folder)));
    const poor = await shop.open(onDisk(folder, { DOMAIN_PAGES_DAILY_BUDGET_USD: "0" }));
    expect((await ask(poor)).delivery?.how).toBe("kept");
  });
});

describe("the cap per call", () => {
  it("makes the gateway refuse a dearer call unbilled", async () => {
    const service = await shop.open({ env: { DOMAIN_PAGES_MAX_PRICE_USD: "0.02" } });
    expect(await failureOf(ask(service))).toMatchObject({
      kind: "budget",
      message: "The gateway's price for this call is above the cap of $0.02.",
      facts: { charge: "not_charged", reason: "price_cap" },
    });
    expect(billed().calls).toBe(0);
    expect(await headerOf(ask(await shop.open()))).toContain("$4.974 left");
  });

  it("is kept by a quote where its header is switched off", async () => {
    const env = { DOMAIN_PAGES_GATEWAY_HABITS: "no-cap", DOMAIN_PAGES_MAX_PRICE_USD: "0.026" };
    const service = await shop.open({ env });
    await ask(service);
    expect(await failureOf(ask(service, { limit: 2 }))).toMatchObject({
      kind: "budget",
      message: "The gateway quotes $0.027 for this call, above the cap of $0.026.",
    });
    expect(calls()).toMatchObject({ quoted: 2, carried_out: 1 });
  });
});

describe("a cap that the gateway is not told", () => {
  const env = { DOMAIN_PAGES_GATEWAY_HABITS: "no-cap" };

  it("buys nothing where there is no quote", async () => {
    const service = await shop.open({ env: { DOMAIN_PAGES_GATEWAY_HABITS: "no-cap,no-quotes" } });
    expect(await failureOf(ask(service))).toMatchObject({
      kind: "budget",
      message:
        "Nothing would hold this call to the cap of $0.25: the gateway is not told it (DOMAIN_PAGES_GATEWAY_HABITS), and there is no quote (quotes are switched off (DOMAIN_PAGES_GATEWAY_HABITS)).",
      facts: { charge: "not_charged" },
    });
    expect(calls().received).toBe(0);
  });

  it.each([{ mayExceed: true }, { mayExceed: undefined }])("buys nothing on a quote with %j", async ({ mayExceed }) => {
    const estimate = { object: "cost_estimate", estimated_cost_micros_usd: 26_000, may_exceed_estimate: mayExceed };
    let carriedOut = 0;
    const wire: Wire = async ({ headers }) => {
      if (headers["x-aisa-cost-mode"] !== "quote") carriedOut += 1;
      return { status: 200, headers: {}, body: JSON.stringify(estimate) };
    };
    const settings = { AISA_API_KEY: "sk-aisa-test", AISA_BASE_URL: "https://gateway.example/apis/v1", ...env };
    const service = await serviceOver(wire, { env: settings });
    expect(await failureOf(ask(service))).toMatchObject({
      kind: "budget",
      message: expect.stringContaining("the gateway's quote of $0.026 may be exceeded"),
    });
    expect(carriedOut).toBe(0);
  });

  it("buys nothing that is quoted above what is left of the budget", async () => {
    const service = await shop.open({ env: { ...env, DOMAIN_PAGES_DAILY_BUDGET_USD: "0.04" } });
    await ask(service);
    expect(await failureOf(ask(service, { offset: 1 }))).toMatchObject({
      kind: "budget",
      message: "What is left of today's budget, $0.014 of $0.04, does not pay for this call.",
    });
    expect(billed().calls).toBe(1);
  });
});

describe("a clock that is set while things are bought", () => {
  const HOURS = [-1, -24, 24, 24 * 365];

  it.each(HOURS)("by %d hours during a purchase leaves it the only one", async (hours) => {
    let now = NOON;
    const service = await shop.open({ now: () => now });
    shop.gateway.faults.add("slow;ms=100");
    const asked = [ask(service, {}, { wantsFresh: true }), ask(service)];
    await waitFor(() => shop.gateway.faults.waiting().length === 0);
    now += hours * HOUR_MS;
    const how = (await Promise.all(asked)).map(({ delivery }) => delivery?.how);
    expect(how).toEqual(["bought", "shared"]);
    expect(billed().calls).toBe(1);
  });

  it.each(
    [...HOURS, -24 * 365].flatMap((hours) => [
      { hours, wantsFresh: true },
      { hours, wantsFresh: false },
    ]),
  )("leaves one purchase for all who wait, beside an old answer: %j", async ({ hours, wantsFresh }) => {
    let now = NOON - 72 * HOUR_MS;
    let [bills, looks, isSlow] = [0, 0, false];
    let answer = () => {};
    const released = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const wire: Wire = async () => {
      bills += 1;
      if (isSlow) await released;
      return { status: 200, headers: { "x-aisa-customer-cost-micros-usd": "26000" }, body: ONE_PAGE };
    };
    const env = { ...onDisk(makeTempFolder()).env, AISA_API_KEY: "sk-aisa-test" };
    const first = await serviceOver(wire, { env, now: () => now });
    const second = await serviceOver(wire, {
      env,
      now: () => {
        looks += 1;
        return now;
      },
    });
    await ask(first);
    now = NOON;
    isSlow = true;
    const buying = ask(first, {}, { wantsFresh: true });
    await waitFor(() => bills === 2);
    const waiting = ask(second, {}, { wantsFresh });
    // It has looked at the dates of what is kept, and waits for its turn.
    await waitFor(() => looks > 2);
    now += hours * HOUR_MS;
    answer();
    expect((await waiting).snapshotId).toBe((await buying).snapshotId);
    expect(bills).toBe(2);
  });

  it.each(["memory", "disk"])("ahead makes dates that are none, once it is right again (%s)", async (store) => {
    let now = NOON + 30 * 24 * HOUR_MS;
    const open = () => shop.open({ env: onDisk(folder, { DOMAIN_PAGES_STORE: store }).env, now: () => now });
    const folder = makeTempFolder();
    const service = await open();
    const wrong = await ask(service);
    now = NOON;
    // Neither fresh for weeks …
    const fresh = await ask(service, {}, { wantsFresh: true });
    expect(fresh.snapshotId).not.toBe(wrong.snapshotId);
    expect(billed().calls).toBe(2);
    // … nor in front of what was bought since.
    now += HOUR_MS;
    expect((await ask(service)).snapshotId).toBe(fresh.snapshotId);
    expect((await service.findSnapshot({ target: "acme.example" })).id).toBe(fresh.snapshotId);
    expect((await service.findSnapshot({ snapshotId: wrong.snapshotId })).fetchedAt).toBeNull();
    if (store === "disk") expect((await ask(await open())).snapshotId).toBe(fresh.snapshotId);
    expect(billed().calls).toBe(2);
  });
});

describe("snapshots that cannot be written", () => {
  it.each([
    ["snapshots", "EEXIST"],
    ["replies", 'EEXIST, folder "replies"'],
  ])("are said before anything is bought, and nothing is: %s", async (place, code) => {
    const folder = makeTempFolder();
    await writeFile(path.join(folder, place), "in the way");
    for (const service of [await shop.open(onDisk(folder)), await shop.open(onDisk(folder))]) {
      expect(await failureOf(ask(service))).toMatchObject({
        kind: "config",
        message: `Snapshots cannot be written (${code}): what is bought now would be lost.`,
        facts: { charge: "not_charged", advice: expect.stringContaining("DOMAIN_PAGES_CACHE_DIR") },
      });
    }
    expect(calls().received).toBe(0);
  });
});

describe("a purchase whose turn was lost", () => {
  it("is not sent, and is made in another turn", async () => {
    const folder = makeTempFolder();
    const service = await shop.open(onDisk(folder));
    const asked = ask(service);
    const locks = path.join(folder, "locks");
    // As another machine does that has seen no sign of life for long.
    let taken = 0;
    while (taken === 0) {
      for (const turn of await readdir(locks).catch(() => [])) {
        await rm(path.join(locks, turn), { force: true });
        taken += 1;
      }
    }
    expect((await asked).delivery?.how).toBe("bought");
    expect(billed().calls).toBe(1);
  });
});

describe("a purchase above the threshold", () => {
  const env = { DOMAIN_PAGES_ASK_ABOVE_USD: "0.03" };

  it("needs a person's word, and says at what price", async () => {
    const service = await shop.open({ env });
    const { kind, message, facts } = await failureOf(ask(service, { limit: 20 }));
    expect(kind).toBe("budget");
    expect(message).toBe(
      "A person has to agree first, since this may cost more than $0.03 (DOMAIN_PAGES_ASK_ABOVE_USD). " +
        "Buy up to 20 pages of acme.example for $0.045, as the gateway quotes it?",
    );
    expect(facts).toMatchObject({ charge: "not_charged", ask: { upToUsd: 0.045 } });
    expect(billed().calls).toBe(0);
  });

  it("is made with that word, and the price is not asked for twice", async () => {
    const service = await shop.open({ env });
    const { facts } = await failureOf(ask(service, { limit: 20 }));
    await ask(service, { limit: 20 }, { consent: facts.ask as NonNullable<Caller["consent"]> });
    expect(calls()).toMatchObject({ quoted: 1, carried_out: 1 });
  });

  it("is not made with a word given for another request, or for less", async () => {
    const service = await shop.open({ env });
    const { facts } = await failureOf(ask(service, { limit: 20 }));
    const consent = facts.ask as NonNullable<Caller["consent"]>;
    for (const [limit, given] of [
      [21, consent],
      [20, { ...consent, upToUsd: 0.044 }],
    ] as const) {
      expect(await failureOf(ask(service, { limit }, { consent: given }))).toMatchObject({ kind: "budget" });
    }
    expect(billed().calls).toBe(0);
  });

  it("is made with that word once, however fresh an answer has to be, in every process", async () => {
    const folder = makeTempFolder();
    const { env: settings, now } = onDisk(folder, { ...env, DOMAIN_PAGES_FRESH_HOURS: "0" });
    const open = () => shop.open({ env: settings, now });
    const service = await open();
    const { facts } = await failureOf(ask(service, { limit: 20 }));
    const consent = facts.ask as NonNullable<Caller["consent"]>;
    await ask(service, { limit: 20 }, { consent });
    for (const again of [service, await open()]) {
      const { facts } = await failureOf(ask(again, { limit: 20 }, { consent }));
      expect(facts.ask?.id).not.toBe(consent.id);
    }
    expect(billed().calls).toBe(1);
  });

  it.each([-72, 72, 24 * 365])("is made with that word once, also when the clock is set by %d hours", async (hours) => {
    let now = NOON;
    const { env: settings } = onDisk(makeTempFolder(), { ...env, DOMAIN_PAGES_FRESH_HOURS: "0" });
    const service = await shop.open({ env: settings, now: () => now });
    const { facts } = await failureOf(ask(service, { limit: 20 }));
    const consent = facts.ask as NonNullable<Caller["consent"]>;
    await ask(service, { limit: 20 }, { consent });
    now += hours * HOUR_MS;
    expect((await failureOf(ask(service, { limit: 20 }, { consent }))).facts.ask?.id).not.toBe(consent.id);
    expect(billed().calls).toBe(1);
  });

  it("is made with that word again where the gateway refused it unbilled", async () => {
    const service = await shop.open({ env });
    const { facts } = await failureOf(ask(service, { limit: 20 }));
    const consent = facts.ask as NonNullable<Caller["consent"]>;
    shop.gateway.faults.add("balance_402");
    await failureOf(ask(service, { limit: 20 }, { consent }));
    await ask(service, { limit: 20 }, { consent });
    expect(billed().calls).toBe(1);
  });

  it("is asked about with the cap where the gateway quotes nothing", async () => {
    const service = await shop.open({ env: { ...env, DOMAIN_PAGES_GATEWAY_HABITS: "no-quotes" } });
    const { message, facts } = await failureOf(ask(service));
    expect(message).toContain("at a price that the gateway did not quote, at most $0.25?");
    expect(facts.ask?.upToUsd).toBe(0.25);
    expect(calls().received).toBe(0);
  });

  it("needs none when the price is below", async () => {
    await ask(await shop.open({ env }));
    expect(billed()).toEqual({ calls: 1, micros: 26_000 });
  });
});

describe("a gateway that takes a quote for a call", () => {
  it("is asked once; what it charged is in the books, what it sent is kept", async () => {
    const folder = makeTempFolder();
    const service = await shop.open(onDisk(folder));
    const estimate = (offset: number) =>
      service.estimatePages(
        { target: "acme.example", limit: 1, offset },
        { signal: new AbortController().signal, surface: "mcp" },
      );
    shop.gateway.faults.add("data_for_quote");
    const { price, limits } = await estimate(0);
    expect(price).toMatchObject({ kind: "bought", notes: [expect.stringContaining("carried the call out")] });
    expect(limits.leftUsd).toBe(5 - ONE_PAGE_USD);
    expect((await ask(service)).delivery?.how).toBe("kept");
    expect((await estimate(1)).price).toMatchObject({ kind: "none", why: expect.stringContaining("paid call") });
    expect(calls().received).toBe(1);
  });

  it("is not asked by another process either, nor the day after", async () => {
    const folder = makeTempFolder();
    const estimateBy = async (now: number) => {
      const service = await shop.open({ ...onDisk(folder), now: () => now });
      return service.estimatePages(
        { target: "acme.example", limit: 1 + (now % 7) },
        { signal: new AbortController().signal, surface: "mcp" },
      );
    };
    shop.gateway.faults.add("data_for_quote");
    await estimateBy(NOON);
    for (const now of [NOON + 1, NOON + 24 * HOUR_MS + 2]) {
      expect((await estimateBy(now)).price).toMatchObject({ kind: "none", why: expect.stringContaining("paid call") });
    }
    expect(calls().received).toBe(1);
  });

  it("is not asked by a process that it has quoted to, also beside the books of a clock that was ahead", async () => {
    const folder = makeTempFolder();
    const estimateBy = (service: ServiceOver, offset: number) =>
      service.estimatePages(
        { target: "acme.example", limit: 1, offset },
        { signal: new AbortController().signal, surface: "mcp" },
      );
    await ask(await shop.open({ ...onDisk(folder), now: () => NOON + 365 * 24 * HOUR_MS }), { limit: 3 });
    const [first, second] = [await shop.open(onDisk(folder)), await shop.open(onDisk(folder))];
    expect((await estimateBy(first, 1)).price.kind).toBe("quoted");
    shop.gateway.faults.add("data_for_quote");
    expect((await estimateBy(second, 2)).price.kind).toBe("bought");
    expect((await estimateBy(first, 3)).price).toMatchObject({
      kind: "none",
      why: expect.stringContaining("paid call"),
    });
    expect(billed().calls).toBe(2);
  });
});

describe("a question for a price that fails", () => {
  it.each(["gateway_500", "reset_unbilled"])("is no money that may be gone (%s)", async (fault) => {
    const service = await shop.open();
    shop.gateway.faults.add(fault);
    const signal = new AbortController().signal;
    const { price, limits } = await service.estimatePages({ target: "acme.example" }, { signal, surface: "mcp" });
    expect(price).toMatchObject({ kind: "none" });
    expect(limits.leftUsd).toBe(5);
    const asking = await shop.open({ env: { DOMAIN_PAGES_ASK_ABOVE_USD: "0.01" } });
    shop.gateway.faults.add(fault);
    expect(await failureOf(ask(asking))).toMatchObject({
      facts: { charge: "not_charged", advice: "Asking for a price is free: try again later." },
    });
    const left = service.estimatePages({ target: "acme.example" }, { signal, surface: "mcp" });
    expect((await left).limits.leftUsd).toBe(5);
  });
});

/** Looks again with every turn of the event loop. */
async function waitFor(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
