import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { AppError } from "../../src/errors.ts";
import { renderEstimateStructured, renderEstimateText } from "../../src/lists/estimate/render-estimate.ts";
import { writeReply } from "../../src/lists/kept-reply.ts";
import { renderText } from "../../src/pages/answer/render-answer.ts";
import { renderComparisonText } from "../../src/pages/compare/render-comparison.ts";
import { asPages } from "../../src/pages/domain-pages.ts";
import { renderReportMarkdown, renderSummary } from "../../src/pages/export/report.ts";
import { renderQueryText } from "../../src/pages/query/query-pages.ts";
import { renderRedirectsNginx } from "../../src/pages/redirects/nginx.ts";
import { readSavedAnswers } from "../../src/upstream/envelope.ts";
import { type Wire, WireFailure, type WireFailureReason, type WireReply } from "../../src/upstream/wire.ts";
import { serviceOver } from "../support/service-over.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const CHARGED = { "x-aisa-customer-cost-micros-usd": "24720", "x-request-id": "r1" };

const page = (target: string, index: number) => ({
  type: "backlinks_domain_page",
  page: `https://${target}/p${index}`,
  status_code: 200,
  meta: { title: `Page ${index}` },
  page_summary: { rank: 500 - index, backlinks: 100, referring_domains: 9 },
});

const result = (target: string, count: number) => ({
  target,
  total_count: count,
  items: Array.from({ length: count }, (_, index) => page(target, index)),
});

const task = (...results: unknown[]) => ({ id: "x", status_code: 20000, cost: 0.02, result: results });

const body = (...tasks: unknown[]) => JSON.stringify({ status_code: 20000, tasks });

/** The product in front of a gateway that answers every call with one text, and charges for it; or does what it is told. */
async function openOver(
  answer: string | (() => WireReply),
  env: Record<string, string> = {},
  headers: Record<string, string> = CHARGED,
) {
  let calls = 0;
  const wire: Wire = async () => {
    calls += 1;
    return typeof answer === "string" ? { status: 200, headers, body: answer } : answer();
  };
  const service = await serviceOver(wire, { env: { AISA_API_KEY: "sk-aisa-test", ...env } });
  const ask = (target = "acme.example") =>
    service.getPages({ target }, { signal: new AbortController().signal, surface: "mcp" });
  return { service, ask, calls: () => calls };
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable(),
    (error: AppError) => error,
  );

// The first call of a process loads half of the product.
describe("a paid reply", { timeout: 60_000 }, () => {
  it("about another target is said, kept under that target, and never as the answer", async () => {
    const { service, ask, calls } = await openOver(body(task(result("victim.example", 5))));
    const error = await failureOf(ask());
    const [kept] = await service.snapshots.list();
    expect(error).toMatchObject({
      kind: "contract",
      message: "The gateway answered with pages of victim.example instead of acme.example.",
      facts: { charge: "charged", chargedUsd: 0.02472, requestId: "r1" },
    });
    expect(error.facts.advice).toContain(`snapshot ${kept?.id} of victim.example (5 URLs)`);
    expect(await service.snapshots.list("acme.example")).toEqual([]);
    expect((await service.findSnapshot({ target: "victim.example" })).items).toHaveLength(5);
    await ask("victim.example");
    // What nobody asked for answers no request either.
    expect(calls()).toBe(2);
  });

  it.each([
    ["two tasks", body(task(result("acme.example", 3)), task(result("other.example", 2)))],
    ["two results", body(task(result("acme.example", 3), result("other.example", 2)))],
    [
      "a result beside what its task echoes",
      body({
        ...task(result("acme.example", 3), result("other.example", 2)),
        data: { target: "acme.example", limit: 5 },
      }),
    ],
    ["the other first", body(task(result("other.example", 2)), task(result("acme.example", 3)))],
  ])("with %s is kept whole, and both are told", async (_what, text) => {
    const { service, ask, calls } = await openOver(text);
    const answer = await ask();
    const [other] = await service.snapshots.list("other.example");
    expect(answer).toMatchObject({ target: "acme.example", itemsFetched: 3 });
    expect(renderText(answer)).toContain(
      `note: the same reply held another answer, kept for free questions: snapshot ${other?.id} of other.example (2 URLs)`,
    );
    expect((await ask()).snapshotId).toBe(answer.snapshotId);
    expect(calls()).toBe(1);
  });

  it("in another frame is read, and answers again for free", async () => {
    const flat = JSON.stringify({
      id: "x",
      status_code: 20000,
      status_message: "Ok.",
      items: [page("acme.example", 1)],
    });
    const { ask, calls } = await openOver(flat);
    expect(await ask()).toMatchObject({ itemsFetched: 1, charge: { kind: "reported", usd: 0.02472 } });
    await ask();
    expect(calls()).toBe(1);
  });

  it("that breaks off is read as far as it is whole, and says so", async () => {
    const { ask } = await openOver(body(task(result("acme.example", 5))).slice(0, -200));
    const answer = await ask();
    expect(answer).toMatchObject({ itemsFetched: 3, itemsTotal: 5 });
    expect(renderText(answer)).toContain("note: the reply broke off; its pages were read as far as they are whole");
  });

  describe("whose connection breaks off", () => {
    const text = body(task(result("acme.example", 40)));
    const cut = (at: number, reason: WireFailureReason = "broken_off", headers = CHARGED) =>
      new WireFailure(reason, true, undefined, undefined, { status: 200, headers, body: text.slice(0, at) });

    it.each(["broken_off", "timeout"] as const)("(%s) is read as far as it is whole, once", async (reason) => {
      const { service, ask, calls } = await openOver(() => {
        throw cut(text.length / 2, reason);
      });
      const answer = await ask();
      expect(answer.itemsFetched).toBeGreaterThan(15);
      expect(answer).toMatchObject({ itemsTotal: 40, charge: { kind: "reported", usd: 0.02472 } });
      const again = await ask();
      expect(again).toMatchObject({ snapshotId: answer.snapshotId, delivery: { how: "kept" } });
      expect(calls()).toBe(1);
      expect(await service.replies.list()).toEqual([]);
    });

    it("may have been charged where the gateway says nothing of it", async () => {
      const { service, ask } = await openOver(() => {
        throw cut(text.length / 2, "broken_off", {} as typeof CHARGED);
      });
      expect(renderText(await ask())).toContain("charge not reported");
      expect((await service.snapshots.list())[0]?.charge).toEqual({ kind: "not_reported" });
    });

    it.each([
      ["before a page is whole", 120, "broken_off", "unavailable"],
      ["for a caller who left", 2000, "cancelled", "cancelled"],
      ["at what is too large", 2000, "too_large", "contract"],
    ] as const)("%s is kept as it came, told with its charge, and can be imported", async (_what, at, reason, kind) => {
      for (const [headers, charge] of [
        [CHARGED, { charge: "charged", chargedUsd: 0.02472 }],
        [{}, { charge: "unknown" }],
      ] as const) {
        const { service, ask } = await openOver(() => {
          throw cut(at, reason, headers as typeof CHARGED);
        });
        const error = await failureOf(ask());
        const [id = ""] = await service.replies.list();
        expect(error).toMatchObject({ kind, facts: charge });
        expect(error.facts.advice).toContain(`read domain-pages://replies/${id}, `);
        const kept = (await service.replies.get(id)) ?? "";
        expect(kept).toContain(`\n${text.slice(0, at)}`);
        if (at < 2000) continue;
        const [snapshot] = readSavedAnswers(kept, id).snapshots;
        expect(snapshot).toMatchObject({ request: { target: "acme.example" }, isBrokenOff: true });
      }
    });

    it("and was not charged for is not kept", async () => {
      const free = { ...CHARGED, "x-aisa-customer-cost-micros-usd": "0" };
      const { service, ask } = await openOver(() => {
        throw cut(120, "broken_off", free);
      });
      expect(await failureOf(ask())).toMatchObject({ facts: { charge: "not_charged" } });
      expect(await service.replies.list()).toEqual([]);
    });
  });

  it("that broke off says so in every later answer, in every process", async () => {
    const env = { DOMAIN_PAGES_STORE: "disk", DOMAIN_PAGES_CACHE_DIR: makeTempFolder() };
    const text = body(task(result("acme.example", 40)));
    const { ask } = await openOver(text.slice(0, text.length / 2), env);
    const { snapshotId } = await ask();
    const { service, ask: askNext } = await openOver("", { ...env, DOMAIN_PAGES_GATEWAY_HABITS: "no-quotes" });
    const NOTE = "the reply broke off; its pages were read as far as they are whole";
    expect(renderText(await askNext())).toContain(`note: ${NOTE}`);
    expect(renderQueryText(await service.queryPages({ snapshot_id: snapshotId }, { surface: "mcp" }))).toContain(NOTE);
    const compared = await service.comparePages(
      { snapshot_id: snapshotId, other_snapshot_id: snapshotId },
      { surface: "mcp" },
    );
    expect(renderComparisonText(compared)).toContain(`note: snapshot ${snapshotId}: ${NOTE}`);
    const caller = { signal: new AbortController().signal, surface: "mcp" } as const;
    const estimate = await service.estimatePages({ target: "acme.example" }, caller);
    expect(renderEstimateText(estimate)).toContain("all that came whole of a reply that broke off");
    expect(renderEstimateStructured(estimate)).toMatchObject({ kept: { broken_off: true } });
    const other = await service.estimatePages({ target: "acme.example", backlinks_status_type: "lost" }, caller);
    expect(renderEstimateText(other)).toMatch(/also kept of this target, .*, broken off, /);
    const snapshot = asPages(await service.findSnapshot({ snapshotId }));
    expect(renderSummary(snapshot)).toContain(NOTE);
    expect(renderReportMarkdown(snapshot)).toContain(NOTE);
    expect(renderRedirectsNginx(snapshot)).toContain(NOTE);
  });

  it.each([
    [500, "<html>Internal Server Error</html>"],
    [402, '{"error":{"code":"insufficient_balance"}}'],
    [200, '{"success":false,"message":"no"}'],
    [301, ""],
  ])("that says that the call failed (%i) is kept as it came, where it was charged for", async (status, text) => {
    const { service, ask, calls } = await openOver(() => ({ status, headers: CHARGED, body: text }));
    const error = await failureOf(ask());
    expect(error.facts).toMatchObject({ charge: "charged", chargedUsd: 0.02472 });
    const [id = ""] = await service.replies.list();
    expect(error.facts.advice?.includes("What came is kept as it came")).toBe(text !== "");
    if (text !== "") expect(await service.replies.get(id)).toContain(`\n${text}`);
    expect(calls()).toBe(1);
    const free = await openOver(() => ({ status, headers: {}, body: text }));
    await failureOf(free.ask());
    expect(await free.service.replies.list()).toEqual([]);
  });

  it("that cannot be kept is said to be lost, with its charge", async () => {
    const folder = makeTempFolder();
    const inTheWay = (): WireReply => {
      writeFileSync(path.join(folder, "replies"), "in the way");
      return { status: 200, headers: CHARGED, body: "<html>" };
    };
    const { ask, calls } = await openOver(inTheWay, { DOMAIN_PAGES_STORE: "disk", DOMAIN_PAGES_CACHE_DIR: folder });
    expect(await failureOf(ask())).toMatchObject({
      facts: {
        charge: "charged",
        chargedUsd: 0.02472,
        advice: expect.stringContaining("What came could not be kept and is lost: before you ask again"),
      },
    });
    // It is seen before the next call.
    expect(await failureOf(ask())).toMatchObject({
      message: 'Snapshots cannot be written (EEXIST, folder "replies"): what is bought now would be lost.',
      facts: { charge: "not_charged" },
    });
    expect(calls()).toBe(1);
  });

  it("is not said to be lost where nothing is kept by choice", async () => {
    const { ask } = await openOver("<html>", { DOMAIN_PAGES_STORE: "none" });
    const { facts } = await failureOf(ask());
    expect(facts).toMatchObject({ charge: "charged", chargedUsd: 0.02472 });
    expect(facts.unread).toBeUndefined();
    expect(facts.advice).not.toContain("kept");
  });

  describe.each([
    ["in memory", () => ({ DOMAIN_PAGES_STORE: "memory" })],
    ["on disk", () => ({ DOMAIN_PAGES_STORE: "disk", DOMAIN_PAGES_CACHE_DIR: makeTempFolder() })],
  ])("that cannot be read, %s", (_where, env) => {
    it.each([
      ["is no JSON", "<pages><page>https://acme.example/</page></pages>"],
      ["is cut within its first page", body(task(result("acme.example", 1))).slice(0, 120)],
      ["holds no list of pages", '{"rows":[["https://acme.example/",404]]}'],
      ["is of another endpoint", body({ ...task(result("acme.example", 1)), data: { function: "anchors" } })],
    ])("and %s, is kept as it came, and told with its charge", async (_what, text) => {
      const { service, ask } = await openOver(text, env());
      const error = await failureOf(ask());
      const [id = ""] = await service.replies.list();
      expect(error.facts).toMatchObject({ charge: "charged", chargedUsd: 0.02472 });
      expect(error.facts.advice).toContain(`read domain-pages://replies/${id}, `);
      expect(error.facts.unread).toBeUndefined();
      expect((await service.replies.get(id))?.split("\n", 2)[0]).toContain(
        '"charged_usd":0.02472,"request":{"target":"acme.example"}',
      );
      expect(await service.replies.get(id)).toContain(`\n${text}`);
    });
  });

  it("is not taken for one that broke off because it says so in words of ours", async () => {
    const whole = JSON.parse(body(task(result("acme.example", 3)))) as Record<string, unknown>;
    const spoofed = { ...whole, "domain-pages-mcp:is_part": true, is_part: true, "Symbol(is_part)": true };
    const { ask } = await openOver(JSON.stringify(spoofed));
    expect(renderText(await ask())).not.toContain("broke off");
  });

  it("that was not charged for is not kept", async () => {
    const { service, ask } = await openOver("<html>", {}, { "x-aisa-customer-cost-micros-usd": "0" });
    await failureOf(ask());
    expect(await service.replies.list()).toEqual([]);
  });

  it("that was kept is read by import with what was asked, once it can be", () => {
    const reply = {
      endpoint: "domain_pages",
      request: { target: "acme.example", limit: 7 },
      at: 1_780_000_000_000,
      chargedUsd: 0.02,
    };
    const { text } = writeReply({ ...reply, body: JSON.stringify([page("acme.example", 1)]) });
    expect(readSavedAnswers(text, "it").snapshots).toMatchObject([
      { source: "import", request: reply.request, fetchedAt: reply.at, items: [{ url: "https://acme.example/p1" }] },
    ]);
  });
});
