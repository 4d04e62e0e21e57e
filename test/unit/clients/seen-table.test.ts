import { describe, expect, it } from "vitest";
import type { Seen } from "../../clients/support/judge.ts";
import { renderRows, renderSeen, type SeenConversation } from "../../clients/support/seen-table.ts";

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
