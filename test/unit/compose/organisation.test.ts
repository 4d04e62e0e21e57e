import { describe, expect, it } from "vitest";
import type { Principal, Scope } from "../../../src/access/principal.ts";
import { type Charged, createOrganisation } from "../../../src/compose/organisation.ts";
import { withinScopes } from "../../../src/compose/use-cases.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { AppError } from "../../../src/errors.ts";
import { createLog } from "../../../src/log.ts";
import { createBooks, createGateway, createSandboxWire } from "../../../src/sandbox/gateway.ts";
import { createWorld } from "../../../src/sandbox/world.ts";
import type { Wire } from "../../../src/upstream/wire.ts";
import { serviceOver } from "../../support/service-over.ts";

describe("organisation", () => {
  const PRICE_USD = 0.1;
  const CALLER = { signal: new AbortController().signal, surface: "mcp" } as const;
  const BOTH = new Set(["pages:read", "snapshots:read"] as const);

  const principal = (name: string, facts: Partial<Principal> = {}): Principal => ({
    name: `token:${name}`,
    tenant: `token:${name}`,
    scopes: BOTH,
    dailyBudgetUsd: null,
    callsPerMinute: null,
    ...facts,
  });

  /** The product over a gateway that bills ten cents a call and keeps books. */
  function open(env: Record<string, string> = {}, principalBudgetUsd: number | null = null) {
    const books = createBooks();
    const gateway = createGateway({ world: createWorld(), prices: { perCallUsd: PRICE_USD, perPageUsd: 0 }, books });
    const wire: Wire = async ({ signal: _signal, body = "", ...request }) => gateway({ ...request, body }).reply;
    const { config } = loadConfig({ AISA_API_KEY: "sk-aisa-test", DOMAIN_PAGES_STORE: "memory", ...env });
    const charged: Charged[] = [];
    const organisation = createOrganisation({
      config,
      log: createLog({ level: "silent", write: () => {}, secrets: [], now: () => 0 }),
      now: () => Date.UTC(2026, 10, 25, 9),
      principalBudgetUsd,
      watch: { charged: (each) => charged.push(each) },
      openUpstream: async () => ({
        wire,
        basePath: "/apis/v1",
        apiKey: "sk-aisa-test",
        isCircuitOpen: () => true,
        close: async () => {},
      }),
    });
    return { organisation, charged, billed: () => books.read().billed.calls };
  }

  const refusalOf = async (call: Promise<unknown>): Promise<string> => {
    const error = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof AppError) || error.kind !== "budget") throw new Error("it was not refused");
    return error.message;
  };

  describe("one organisation, many callers", () => {
    it("has each tenant buy its own, and callers of one tenant share", async () => {
      const { organisation, billed } = open();
      const alice = organisation.appFor(principal("alice", { tenant: "tenant:seo" }));
      const bob = organisation.appFor(principal("bob", { tenant: "tenant:seo" }));
      const eve = organisation.appFor(principal("eve"));
      const { snapshotId } = await alice.getPages({ target: "acme.example" }, CALLER);
      expect((await bob.getPages({ target: "acme.example" }, CALLER)).delivery?.how).toBe("kept");
      expect(await eve.snapshots.get(snapshotId)).toBeUndefined();
      expect((await eve.getPages({ target: "acme.example" }, CALLER)).delivery?.how).toBe("bought");
      expect([billed(), (await bob.snapshots.list()).length, (await eve.snapshots.list()).length]).toEqual([2, 1, 1]);
    });

    it("shares one purchase among those who ask at once, within a tenant only", async () => {
      const { organisation, billed } = open();
      const callers = ["a", "b", "c"].map((name) => principal(name, { tenant: "tenant:seo" }));
      const all = [...callers, principal("eve")].map((each) =>
        organisation.appFor(each).getPages({ target: "acme.example" }, CALLER),
      );
      await Promise.all(all);
      expect(billed()).toBe(2);
    });

    it("holds each to its own budget, to the one that the settings give, and all to that of all", async () => {
      const env = {
        DOMAIN_PAGES_DAILY_BUDGET_USD: "0.45",
        DOMAIN_PAGES_MAX_PRICE_USD: "0.1",
      };
      const { organisation, billed } = open(env, 0.2);
      const buy = (who: Principal, limit: number) =>
        organisation.appFor(who).getPages({ target: "acme.example", limit }, CALLER);
      const [small, usual, other] = [
        principal("small", { dailyBudgetUsd: 0.1 }),
        principal("usual"),
        principal("other"),
      ];
      await buy(small, 1);
      expect(await refusalOf(buy(small, 2))).toMatch(/^Your daily budget of \$0.1/);
      await buy(usual, 1);
      await buy(usual, 2);
      expect(await refusalOf(buy(usual, 3))).toMatch(/^Your daily budget of \$0.2/);
      expect([await organisation.leftUsd(other), await organisation.leftUsd()]).toEqual([0.15, 0.15]);
      await buy(other, 1);
      const refusal = await refusalOf(buy(other, 2));
      expect(refusal).not.toContain("0.45");
      expect([billed(), await organisation.leftUsd(small)]).toEqual([4, 0]);
    });

    it("takes a token whose rights were changed for what it is now", async () => {
      const { organisation } = open();
      const { snapshotId } = await organisation.appFor(principal("alice")).getPages({ target: "acme.example" }, CALLER);
      const narrowed = organisation.appFor(principal("alice", { scopes: new Set(["pages:read"] as const) }));
      await expect(narrowed.findSnapshot({ snapshotId })).rejects.toMatchObject({ kind: "rejected" });
    });

    it("tells of charges and of how its parts are doing", async () => {
      const { organisation, charged } = open();
      expect(organisation.health()).toEqual({ store: "ok", circuit: "closed" });
      await organisation.appFor().getPages({ target: "acme.example" }, CALLER);
      expect(charged).toEqual([{ usd: PRICE_USD, how: "reported" }]);
      expect(organisation.health()).toEqual({ store: "ok", circuit: "open" });
    });
  });
});

describe("scopes", () => {
  const CALLER = { signal: new AbortController().signal, surface: "mcp" } as const;
  const TARGET = { target: "acme.example" };

  /** Which uses are open to a caller with these scopes, after somebody of the same tenant has bought. */
  async function openTo(...scopes: Scope[]) {
    const app = await serviceOver(createSandboxWire(createWorld()));
    const { snapshotId } = await app.getPages(TARGET, CALLER);
    const narrowed = withinScopes(app, new Set(scopes));
    const attempts = {
      getPages: () => narrowed.getPages(TARGET, CALLER),
      estimatePages: () => narrowed.estimatePages(TARGET, CALLER),
      queryPages: () => narrowed.queryPages({ snapshot_id: snapshotId }, { surface: "mcp" }),
      comparePages: () =>
        narrowed.comparePages({ target: "acme.example", other_target: "acme.example" }, { surface: "mcp" }),
      findSnapshot: () => narrowed.findSnapshot({ snapshotId }),
      get: () => narrowed.snapshots.get(snapshotId),
      gone: () => narrowed.snapshots.gone(snapshotId),
    };
    const open: string[] = [];
    for (const [name, attempt] of Object.entries(attempts)) {
      const refusal = await attempt().then(
        () => undefined,
        (error: unknown) => (error instanceof AppError && error.kind === "rejected" ? error : undefined),
      );
      if (refusal === undefined) open.push(name);
      else expect(refusal.message).toMatch(/^This needs the scope (?:pages|snapshots):read, which your token does not/);
    }
    return { open, listed: (await narrowed.snapshots.list()).length };
  }

  describe("what a caller's scopes allow", () => {
    it("is all with both", async () => {
      const { open, listed } = await openTo("pages:read", "snapshots:read");
      expect(open).toHaveLength(7);
      expect(listed).toBe(1);
    });

    it("is buying with pages:read", async () => {
      expect(await openTo("pages:read")).toEqual({ open: ["getPages", "estimatePages"], listed: 0 });
    });

    it("is reading with snapshots:read", async () => {
      const open = ["queryPages", "comparePages", "findSnapshot", "get", "gone"];
      expect(await openTo("snapshots:read")).toEqual({ open, listed: 1 });
    });

    it("is nothing without any that matters here", async () => {
      expect(await openTo("metrics:read")).toEqual({ open: [], listed: 0 });
    });
  });
});
