import { describe, expect, it } from "vitest";
import { findArrival } from "../../clients/support/arrival.ts";
import { countTokens, toStable } from "../../clients/support/count-tokens.ts";
import type { Seen } from "../../clients/support/judge.ts";
import { type Passed, readSent } from "../../clients/support/passed.ts";
import { findSchemaChanges, findUntyped } from "../../clients/support/schema-changes.ts";
import { renderRows, renderSeen, type SeenConversation } from "../../clients/support/seen-table.ts";

const SENT = {
  text: 'first line\np1,/,"A title"\np2,/blog,"Another"',
  structured: {
    rows: [
      ["p1", "/"],
      ["p2", "/blog"],
    ],
    total: 2,
  },
  isError: false,
};
const BLOCK = JSON.stringify({ type: "text", text: SENT.text });
const STRUCTURED = JSON.stringify(SENT.structured);

describe("how an answer arrived", () => {
  it.each([
    ["the text as it is", [SENT.text], { text: true, structured: false, wrapping: "none" }],
    ["the structured form as it is", [STRUCTURED], { text: false, structured: true, wrapping: "none" }],
    ["both, each a piece of its own", [SENT.text, STRUCTURED], { text: true, structured: true, wrapping: "none" }],
    ["the text in a block", [BLOCK], { text: true, structured: false, wrapping: "JSON" }],
    ["a block, made a string twice", [JSON.stringify([BLOCK])], { text: true, structured: false, wrapping: "JSON" }],
    ["the text among words", [`Tool said: ${SENT.text}!`], { text: true, structured: false, wrapping: "words" }],
    [
      "both inside one object",
      [JSON.stringify({ content: [SENT.text], structuredContent: SENT.structured })],
      { text: true, structured: true, wrapping: "JSON" },
    ],
    [
      "the structured form with its keys in another order",
      [JSON.stringify({ total: 2, rows: SENT.structured.rows })],
      { text: false, structured: true, wrapping: "none" },
    ],
  ])("is found for %s", (_what, pieces, expected) => {
    expect(findArrival(pieces, SENT)).toEqual({ ...expected, missing: [] });
  });

  it.each([
    ["nothing", [], ["first line", 'p1,/,"A title"', 'p2,/blog,"Another"']],
    ["a text that was cut", [SENT.text.slice(0, -3)], ['p2,/blog,"Another"']],
    ["a structured form with a row less", [JSON.stringify({ rows: [["p1", "/"]], total: 2 })], SENT.text.split("\n")],
    ["a text whose quotes were changed", [SENT.text.replaceAll('"', "'")], ['p1,/,"A title"', 'p2,/blog,"Another"']],
    ["an object where the server sent text", ["[object Object]"], SENT.text.split("\n")],
  ])("is a loss for %s, and says what is missing", (_what, pieces, missing) => {
    expect(findArrival(pieces, SENT)).toMatchObject({ text: false, structured: false, missing });
  });

  it("knows of no structured form where the server sent none", () => {
    const refusal = { text: "No.\nNot charged.", structured: undefined, isError: true };
    expect(findArrival(["No.\nNot charged."], refusal)).toMatchObject({
      text: true,
      structured: false,
      wrapping: "none",
    });
    expect(findArrival(["ToolException: No.\nNot charged."], refusal)).toMatchObject({ text: true, wrapping: "words" });
  });
});

describe("passed", () => {
  const asked = (message: Passed["message"]): Passed => ({ from: "client", message });
  const told = (message: Passed["message"]): Passed => ({ from: "server", message });

  const META = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };
  const ANSWER = { content: [{ type: "text", text: "rows" }], structuredContent: { rows: [] } };
  const CALLED = [{ tool: "a", args: { n: 1 }, answer: { text: "rows", structured: { rows: [] }, isError: false } }];

  describe("what passed between a client and the server", () => {
    it("is read in the older era: revision, tools, calls with their answers", () => {
      const sent = readSent([
        asked({ id: 0, method: "initialize", params: { protocolVersion: "2026-01-01" } }),
        told({ id: 0, result: { protocolVersion: "2025-11-25" } }),
        asked({ method: "notifications/initialized" }),
        asked({ id: 1, method: "tools/list" }),
        asked({ id: 2, method: "tools/call", params: { name: "a", arguments: { n: 1 } } }),
        told({ id: 2, result: ANSWER }),
        told({ id: 1, result: { tools: [{ name: "a", description: "A.", inputSchema: { type: "object" } }] } }),
      ]);
      expect(sent.revision).toBe("2025-11-25");
      expect(sent.tools).toEqual([{ name: "a", description: "A.", inputSchema: { type: "object" } }]);
      expect(sent.calls).toEqual(CALLED);
    });

    it("is read in the modern era, where each request names the revision", () => {
      const sent = readSent([
        asked({ id: 1, method: "tools/call", params: { name: "a", arguments: { n: 1 }, ...META } }),
        told({ id: 1, result: { ...ANSWER, resultType: "complete" } }),
      ]);
      expect(sent).toMatchObject({ revision: "2026-07-28", calls: CALLED });
    });

    it("is nothing where nothing was answered", () => {
      const lost = [asked({ id: 1, method: "tools/call", params: { name: "a" } }), told({ id: 7, result: ANSWER })];
      expect(readSent(lost).calls).toEqual([]);
      expect(readSent([])).toEqual({ revision: "", tools: [], calls: [] });
    });
  });

  describe("tokens", () => {
    it("are those of a text that is the same in every run", () => {
      const at = (id: string, day: string) =>
        `snapshot ${id} of ${day} 09:30 UTC; {"fetched_at":"${day}T09:30:00.123Z"}`;
      expect(toStable(at("s_4we1xr0n", "2026-11-24"))).toBe(toStable(at("s_zzzzzzzz", "2027-01-02")));
      expect(countTokens(at("s_4we1xr0n", "2026-11-24"))).toBe(countTokens(at("s_zzzzzzzz", "2027-01-02")));
      expect(toStable("p1,/s_pages,200,2026-11-24")).toBe("p1,/s_pages,200,2026-11-24");
    });
  });
});

const LIMIT = { type: "integer", description: "Pages.", minimum: 1, default: 100 };
const ADVERTISED = {
  type: "object",
  properties: { limit: LIMIT, filters: { type: "array", items: {} } },
  required: ["target"],
};

const withLimit = (limit: object) => ({ ...ADVERTISED, properties: { ...ADVERTISED.properties, limit } }) as never;

describe("what became of a schema", () => {
  it.each([
    ["kept", ADVERTISED, {}],
    ["a keyword lost", withLimit({ type: "integer", description: "Pages.", minimum: 1 }), { lost: ["limit.default"] }],
    ["a value changed", withLimit({ ...LIMIT, description: "Pages" }), { changed: ["limit.description"] }],
    ["a keyword added", { ...ADVERTISED, $schema: "draft-07" }, { added: ["$schema"] }],
    ["null allowed by a choice", withLimit({ anyOf: [LIMIT, { type: "null" }] }), { added: ["limit.nullable"] }],
    ["null allowed by a type", withLimit({ ...LIMIT, type: ["integer", "null"] }), { added: ["limit.nullable"] }],
    [
      "null allowed and a keyword lost",
      withLimit({ anyOf: [{ type: "integer", description: "Pages.", default: 100 }, { type: "null" }] }),
      { lost: ["limit.minimum"], added: ["limit.nullable"] },
    ],
    [
      "a field lost with all that stood in it",
      { ...ADVERTISED, properties: { limit: LIMIT } },
      { lost: ["filters", "filters.type", "filters.items"] },
    ],
    [
      "a real choice put in place of a type",
      withLimit({ anyOf: [{ type: "integer" }, { type: "string" }] }),
      { lost: ["limit.type", "limit.description", "limit.minimum", "limit.default"], added: ["limit.anyOf"] },
    ],
  ])("is seen: %s", (_what, shown, changes) => {
    expect(findSchemaChanges(ADVERTISED, shown as never)).toEqual({ lost: [], changed: [], added: [], ...changes });
  });

  it("names places of which nothing is said", () => {
    expect(findUntyped(ADVERTISED)).toEqual(["filters.items"]);
    expect(findUntyped(withLimit({ description: "Pages." }))).toEqual(["limit", "filters.items"]);
  });
});

describe("seen table", () => {
  const ANSWER = { form: "text", wrapping: "none", tokens: 1233 } as const;
  const SEEN: Seen = {
    revision: "2025-11-25",
    toolCount: 4,
    toolTokens: 1288,
    schemas: {},
    descriptions: [],
    sendsNulls: false,
    untypedStrict: [],
    answer: ANSWER,
    followUp: { ...ANSWER, tokens: 351 },
    error: { ...ANSWER, wrapping: "words", tokens: 34 },
  };
  const VARIANT = { name: "strict", api: "Responses", transports: ["stdio", "HTTP"] } as const;
  const CLIENT = { name: "a-client", title: "A client", package: "a", oldestNode: 20, variants: [VARIANT] } as const;

  const conversation = (changes: Partial<SeenConversation> = {}): SeenConversation => ({
    client: CLIENT,
    version: "1.2.3",
    variant: VARIANT,
    transport: "stdio",
    seen: SEEN,
    note: "",
    ...changes,
  });

  const ROW = "| 2025-11-25 | Responses | 1288 | kept | text | 1233 | 351 | text, in words |";

  describe("the table of what models are shown", () => {
    it("has one row for what is the same over both transports", () => {
      expect(renderRows([conversation(), conversation({ transport: "HTTP" })])).toEqual([
        `| A client 1.2.3, strict | stdio, HTTP ${ROW}`,
      ]);
    });

    it("has two where anything differs", () => {
      const other = { ...SEEN, answer: { ...ANSWER, tokens: 1234 } };
      const rows = renderRows([conversation(), conversation({ transport: "HTTP", seen: other })]);
      expect(rows.map((row) => row.split(" | ")[1])).toEqual(["stdio", "HTTP"]);
    });

    it("counts what became of schemas, and lists the places below", () => {
      const schemas = {
        get_domain_pages: { lost: ["limit.default", "offset.default"], changed: ["required"], added: [] },
        query_domain_pages: { lost: ["limit.default"], changed: [], added: ["$schema"] },
      };
      const changed = conversation({ seen: { ...SEEN, schemas, sendsNulls: true, untypedStrict: ["a: b"] } });
      expect(renderRows([changed])[0]).toContain(
        "| lost: `default` × 3; changed: `required`; added: `$schema`; null is sent for what the model leaves out; " +
          "**OpenAI refuses it**: strict; places without a type: 1 |",
      );
      const lines = renderSeen([changed, { ...changed, transport: "HTTP" }]).split("\n");
      expect(lines.filter((line) => line.startsWith("- "))).toEqual([
        "- A client, strict: `get_domain_pages`: lost `limit.default`, `offset.default`; changed `required`",
        "- A client, strict: `query_domain_pages`: lost `limit.default`; added `$schema`",
      ]);
    });
  });
});
