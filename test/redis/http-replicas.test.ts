import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readAnswer } from "../fixtures/load.ts";
import { type HeldUpstream, startHeldUpstream } from "../support/held-upstream.ts";
import { callTool } from "../support/http-start.ts";
import { findImbalance, loadMixed } from "../support/mixed-load.ts";
import { hasRedisServer } from "../support/redis-server.ts";
import { startTwoReplicas, type TwoReplicas, type TwoReplicasOptions } from "../support/two-replicas.ts";

const WISH = { target: "acme.example", limit: 40 };
// What `ten-pages` answers: pages of another target are never kept as those asked for.
const HELD_WISH = { target: "acme.example", limit: 10 };

describe.skipIf(!hasRedisServer())("two replicas and a Redis", () => {
  let shop: TwoReplicas;
  let upstream: HeldUpstream | undefined;

  const open = async (options: TwoReplicasOptions = {}) => {
    shop = await startTwoReplicas(options);
    return shop;
  };
  const openHeld = async (env: Record<string, string> = {}) => {
    upstream = await startHeldUpstream();
    await open({ baseUrl: upstream.baseUrl, env });
    return { upstream, token: await shop.token("alice", "--budget", "5") };
  };

  afterEach(async () => {
    await shop.close();
    await upstream?.close();
    upstream = undefined;
  });

  it("share what either has bought, and one purchase among all who ask at once", async () => {
    await open();
    const token = await shop.token("alice");
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        callTool(shop.replicas[n % 2 === 0 ? 0 : 1].url, "get_domain_pages", WISH, { token }),
      ),
    );
    expect(answers.filter(({ isError }) => isError)).toEqual([]);
    expect(new Set(answers.map(({ data }) => data?.["snapshot_id"])).size).toBe(1);
    expect(shop.gateway.books.read().billed.calls).toBe(1);
    for (const { url } of shop.replicas) {
      const again = await callTool(url, "query_domain_pages", { target: "acme.example", status: "broken" }, { token });
      expect(again.isError).toBe(false);
    }
    expect(await findImbalance(shop)).toBeUndefined();
  });

  it("buy a list once where parts of it are asked for at the same moment", async () => {
    await open({ env: { DOMAIN_PAGES_MAX_PRICE_USD: "2" } });
    const token = await shop.token("alice");
    const [here, there] = shop.replicas;
    shop.gateway.faults.add("slow;ms=500");
    const larger = callTool(here.url, "get_domain_pages", { target: "acme.example", limit: 90 }, { token });
    await vi.waitFor(() => expect(shop.gateway.faults.waiting()).toEqual([]), { timeout: 20_000, interval: 5 });
    const smaller = [{ limit: 40 }, { limit: 10, offset: 50 }].map((args) =>
      callTool(there.url, "get_domain_pages", { target: "acme.example", ...args }, { token }),
    );
    const stranger = await shop.token("bob", "--tenant", "team-b");
    const theirs = callTool(there.url, "get_domain_pages", { target: "acme.example", limit: 40 }, { token: stranger });
    const whole = (await larger).data?.["snapshot_id"];
    for (const { data } of await Promise.all(smaller)) expect(data?.["snapshot_id"]).toBe(whole);
    expect((await theirs).data?.["snapshot_id"]).not.toBe(whole);
    expect(shop.gateway.books.read().billed.calls).toBe(2);
    expect(await findImbalance(shop)).toBeUndefined();
  });

  it("ask a gateway that takes quotes for calls once, for whichever tenant", async () => {
    await open();
    const tokens = await Promise.all(["ann", "bob", "eve"].map((name) => shop.token(name, "--tenant", `team-${name}`)));
    const asked = shop.replicas.flatMap(({ url }) => tokens.map((token) => ({ url, token })));
    for (const _ of asked) shop.gateway.faults.add("data_for_quote");
    const estimates = await Promise.all(
      asked.map(({ url, token }, offset) =>
        callTool(url, "estimate_domain_pages", { target: "acme.example", limit: 1, offset }, { token }),
      ),
    );
    expect(estimates.filter(({ isError }) => isError)).toEqual([]);
    expect(shop.gateway.books.read().billed.calls).toBe(1);
    expect(await findImbalance(shop)).toBeUndefined();
  });

  it("keep their books under 1,000 mixed calls at once, and every budget", { timeout: 120_000 }, async () => {
    await open({ env: { DOMAIN_PAGES_DAILY_BUDGET_USD: "1000", DOMAIN_PAGES_CALLS_PER_MINUTE: "10000" } });
    const { answered, refusedByBudget, failures } = await loadMixed(shop, 1000);
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(600);
    expect(refusedByBudget).toBeGreaterThan(0);
    expect(await findImbalance(shop)).toBeUndefined();
    const { accounts } = await shop.spend();
    const poor = accounts.find(({ account }) => account === "token:poor");
    expect(poor?.counted_usd ?? 0).toBeLessThanOrEqual(0.05);
  });

  it("hold one budget together, to the last cent", async () => {
    await open({ env: { DOMAIN_PAGES_DAILY_BUDGET_USD: "0.2", DOMAIN_PAGES_MAX_PRICE_USD: "0.05" } });
    const token = await shop.token("alice", "--budget", "1000");
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        callTool(
          shop.replicas[n % 2 === 0 ? 0 : 1].url,
          "get_domain_pages",
          { target: "acme.example", limit: n + 1 },
          { token },
        ),
      ),
    );
    const { billed } = shop.gateway.books.read();
    expect(billed.micros).toBeGreaterThan(0);
    expect(billed.micros).toBeLessThanOrEqual(200_000);
    expect(await findImbalance(shop)).toBeUndefined();
  });

  it("go on with a session wherever its requests arrive, and cancel a call from either", async () => {
    const { upstream, token } = await openHeld();
    let turn = 0;
    // A balancer without stickiness.
    const balanced = (_url: string | URL, init?: RequestInit) =>
      fetch(shop.replicas[turn++ % 2 === 0 ? 0 : 1].url, init);
    const client = new Client({ name: "balanced", version: "0" });
    await client.connect(
      new StreamableHTTPClientTransport(shop.replicas[0].url, {
        fetch: balanced,
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      }),
    );
    for (let n = 0; n < 4; n++) expect((await client.listTools()).tools).toHaveLength(4);
    const caller = new AbortController();
    const call = client.callTool({ name: "get_domain_pages", arguments: HELD_WISH }, undefined, {
      signal: caller.signal,
    });
    call.catch(() => {});
    const held = await upstream.next();
    // The cancellation is the next request: it goes to the replica that does not run the call.
    caller.abort("not needed");
    await held.abandoned;
    await expect(call).rejects.toThrow();
    // Every look is a process of its own.
    await vi.waitFor(
      async () => {
        const { purchases } = await shop.spend();
        expect(purchases.map(({ state }) => state)).toEqual(["unknown"]);
      },
      { timeout: 20_000 },
    );
    await client.close();
  });

  it("lose nothing when Redis dies under a purchase, and need no restart", { timeout: 120_000 }, async () => {
    const { upstream, token } = await openHeld();
    const [here, there] = shop.replicas;
    const buying = callTool(here.url, "get_domain_pages", HELD_WISH, { token });
    const held = await upstream.next();
    await shop.redis.kill();

    // Nothing new is bought, and it says so; nothing was sent.
    const refused = await callTool(there.url, "get_domain_pages", { target: "example.com" }, { token });
    expect(refused.isError).toBe(true);
    expect(refused.text).toMatch(/^The shared store cannot be reached.* Not charged\./);
    await vi.waitFor(async () => expect((await there.get("/readyz")).status).toBe(503), { timeout: 10_000 });
    const free = await callTool(there.url, "query_domain_pages", { target: "acme.example" }, { token });
    expect(free).toMatchObject({ isError: true, text: expect.stringContaining("The shared store cannot be reached") });

    // The one under way comes home and is answered.
    held.answer(200, readAnswer("ten-pages", HELD_WISH.target), { "x-aisa-price-usd": "0.02436" });
    const bought = await buying;
    expect(bought.isError).toBe(false);

    await shop.redis.start();
    await vi.waitFor(async () => expect((await there.get("/readyz")).status).toBe(200), { timeout: 10_000 });
    // The other replica finds it, so nobody buys it again; and the books have it.
    await vi.waitFor(
      async () => {
        const found = await callTool(there.url, "query_domain_pages", { target: "acme.example" }, { token });
        expect(found.isError).toBe(false);
      },
      { timeout: 10_000 },
    );
    const again = await callTool(there.url, "get_domain_pages", HELD_WISH, { token });
    expect(again.text).toContain("kept");
    const { purchases } = await shop.spend();
    expect(purchases).toMatchObject([{ state: "charged", counted_usd: 0.02436 }]);
  });

  it("count a caller's requests together", async () => {
    await open();
    const token = await shop.token("hasty", "--per-minute", "6");
    const statuses: number[] = [];
    for (let n = 0; n < 10; n++) {
      const { status } = await callTool(
        shop.replicas[n % 2 === 0 ? 0 : 1].url,
        "query_domain_pages",
        { target: "acme.example" },
        { token },
      );
      statuses.push(status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(6);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  });
});
