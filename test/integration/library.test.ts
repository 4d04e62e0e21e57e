import { describe, expect, it } from "vitest";
import { type Answer, compare, condense, parseRequest, query, readReply } from "../../src/library/pages.ts";
import { createRenderAnswer } from "../../src/mcp/tool-result.ts";
import { renderComparisonStructured, renderComparisonText } from "../../src/pages/compare/render-comparison.ts";
import { renderQueryStructured, renderQueryText } from "../../src/pages/query/query-pages.ts";
import { createSandboxWire } from "../../src/sandbox/gateway.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import type { Wire, WireReply } from "../../src/upstream/wire.ts";
import { readAnswer } from "../fixtures/load.ts";
import { serviceOver } from "../support/service-over.ts";

/** Room for all there is: where rows are left out to fit, a longer name for the next step leaves out one more. */
const ROOM = { maxTokens: 20_000 };

const RECEIVED_AT = Date.UTC(2026, 10, 24, 9, 30);

/** An upstream whose replies are kept, to be read by the library as well. */
function recordReplies(wire: Wire): { wire: Wire; replies: WireReply[] } {
  const replies: WireReply[] = [];
  return {
    replies,
    wire: async (request) => {
      const reply = await wire(request);
      replies.push(reply);
      return reply;
    },
  };
}

/** The same answer as a client of the server gets it: there, what comes next are the server's tools. */
function forClients({ text, structured }: Answer): Answer {
  const reword = (line: string) =>
    line
      .replace(/^((?:next, )?free: )query /, "$1query_domain_pages ")
      .replace(/^((?:next, )?paid: )request /, "$1get_domain_pages ")
      .replace(
        /^((?:next, )?free: )export \{"snapshot_id":"(\w+)","file":"([\w.]+)"\}/,
        (_, start, id, file) => `${start}read resource domain-pages://snapshots/${id}/${file}`,
      );
  const next = structured["next"] as string[] | undefined;
  return {
    text: text.split("\n").map(reword).join("\n"),
    structured: { ...structured, ...(next !== undefined && { next: next.map(reword) }) },
  };
}

const SOURCES: readonly (readonly [string, () => Wire])[] = [
  ["the sandbox", () => createSandboxWire(createWorld())],
  [
    "a recorded answer",
    () => async () => ({ status: 200, headers: { "x-aisa-price-usd": "0.048720" }, body: readAnswer("ten-pages") }),
  ],
];

describe.each(SOURCES)("of the same replies of %s", (_, open) => {
  const ask = async (input: Record<string, unknown>, clock = { now: RECEIVED_AT }) => {
    const { wire, replies } = recordReplies(open());
    const env = { AISA_API_KEY: "sk-aisa-test", DOMAIN_PAGES_ANSWER_TOKENS: `${ROOM.maxTokens}` };
    const app = await serviceOver(wire, { env, now: () => clock.now });
    const answer = await app.getPages(input, { signal: new AbortController().signal, surface: "mcp" });
    const { request, notes } = parseRequest(input);
    const snapshot = readReply(replies.at(-1) ?? { status: 0, body: "" }, { request, receivedAt: RECEIVED_AT });
    return { app, answer, snapshot, notes };
  };

  it("library and tool say the same", async () => {
    for (const input of [
      { target: "https://acme.example/", limit: 40 },
      { target: "acme.example", limit: 10, filters: [["backlinks", ">", 5]], order_by: ["backlinks,desc"] },
      { target: "acme.example", limit: 10, rank_scale: "one_hundred", backlinks_status_type: "all" },
    ]) {
      const { answer, snapshot, notes } = await ask(input);
      const { text, structured } = forClients(condense(snapshot, { ...ROOM, notes }));
      const told = await createRenderAnswer()(answer);
      // What is left of a budget is the server's own affair.
      const { budget_left_usd: _left, ...facts } = told.structured;
      expect(text).toBe(told.text.replace(/; \$[\d.]+ left of today's budget/, ""));
      expect(structured).toEqual(facts);
    }
  });

  it.each([
    {},
    { status: "broken", order_by: ["page_summary.backlinks,desc"] },
    { group_by: "status" },
    { text: "no such words", min_backlinks: 5 },
    { handles: ["p1", "p3"] },
    { columns: ["backlinks", "meta.title"], limit: 2 },
  ])("library and tool answer the question %j alike", async (question) => {
    const { app, snapshot } = await ask({ target: "acme.example", limit: 40 });
    const told = await app.queryPages({ snapshot_id: snapshot.id, ...question }, { surface: "mcp" });
    const said = forClients(query(snapshot, question, ROOM));
    expect(said.text).toBe(renderQueryText(told));
    expect(said.structured).toEqual(renderQueryStructured(told));
  });

  it("library and tool find the same changes", async () => {
    const clock = { now: RECEIVED_AT };
    const { app, snapshot } = await ask({ target: "acme.example", limit: 10 }, clock);
    await app.keepSnapshot(snapshot);
    clock.now += 86_400_000;
    const other = readReply(
      { status: 200, body: readAnswer("ten-pages") },
      { request: snapshot.request, receivedAt: clock.now },
    );
    await app.keepSnapshot(other);
    const refs = { snapshot_id: snapshot.id, other_snapshot_id: other.id };
    const told = await app.comparePages(refs, { surface: "mcp" });
    const { text, structured } = forClients(compare(snapshot, other, ROOM));
    expect(text).toBe(renderComparisonText(told));
    expect(structured).toEqual(renderComparisonStructured(told));
  });
});
