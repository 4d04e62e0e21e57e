import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/errors.ts";
import { createFindSnapshot } from "../../src/lists/find-snapshot.ts";
import { compareDomainPages, createCompareDomainPages } from "../../src/mcp/tools/compare-domain-pages.ts";
import { createComparePages } from "../../src/pages/compare/compare-pages.ts";
import type { PagesSnapshot } from "../../src/pages/domain-pages.ts";
import { OF_PAGES } from "../../src/pages/domain-pages.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { sandboxSnapshot } from "../support/sandbox-answer.ts";
import { DAY_MS, listOf } from "../unit/pages/compare/compare.ts";

const WHOLE = sandboxSnapshot({ target: "acme.example" });
const LATER = (WHOLE.fetchedAt ?? 0) + 30 * DAY_MS;

const BEFORE = [
  { path: "/", rank: 300, backlinks: 2000, domains: 400 },
  { path: "/pricing", rank: 200, backlinks: 150, domains: 60 },
  { path: "/guide", rank: 180, backlinks: 90, domains: 40 },
  { path: "/old", rank: 150, backlinks: 70, domains: 30 },
  { path: "/contact", rank: 90, backlinks: 12, domains: 9 },
];
const AFTER = [
  { path: "/", rank: 310, backlinks: 2150, domains: 420 },
  { path: "/pricing", rank: 200, backlinks: 150, domains: 60 },
  { path: "/guide", rank: 175, backlinks: 88, domains: 40, status: 404 },
  { path: "/calculator", rank: 160, backlinks: 45, domains: 25 },
  { path: "/contact", rank: 90, backlinks: 12, domains: 9 },
];

const SCENARIOS: readonly (readonly [string, () => readonly [PagesSnapshot, PagesSnapshot]])[] = [
  ["hand-made", () => [listOf(BEFORE), listOf(AFTER, 85)]],
  ["turned around", () => [listOf(AFTER, 85), listOf(BEFORE)]],
  ["no change", () => [WHOLE, { ...WHOLE, id: "s_later000", fetchedAt: LATER }]],
  ["cut list", () => [WHOLE, { ...sandboxSnapshot({ target: "acme.example", limit: 20 }), fetchedAt: LATER }]],
  [
    "other filters and scale",
    () => [
      WHOLE,
      sandboxSnapshot({ target: "acme.example", rank_scale: "one_hundred", filters: ["status_code", ">=", 300] }),
    ],
  ],
  ["two targets", () => [WHOLE, sandboxSnapshot({ target: "example.org" })]],
];

/** The tool over a store that holds the two. */
async function openTool(kept: readonly PagesSnapshot[], maxTokens = 1500) {
  const snapshots = createMemoryStore();
  for (const each of kept) await snapshots.put(each);
  const comparePages = createComparePages({
    findSnapshot: createFindSnapshot({ ...OF_PAGES, snapshots, freshMs: 0, now: Date.now }),
    maxTokens,
  });
  return createCompareDomainPages({ comparePages });
}

describe.each(SCENARIOS)("the comparison: %s", (name, create) => {
  const [first, second] = create();
  const ask = async () => {
    const compare = await openTool([first, second]);
    const { text, structured } = await compare({ snapshot_id: first.id, other_snapshot_id: second.id });
    return { text, json: JSON.stringify(structured) };
  };

  it("reads as reviewed", async () => {
    const { text } = await ask();
    await expect(`${text}\n`).toMatchFileSnapshot(`__snapshots__/comparisons/${name.replaceAll(" ", "-")}.txt`);
  });

  it("keeps both forms within their tokens", async () => {
    const { text, json } = await ask();
    expect(encode(text).length).toBeLessThanOrEqual(1500);
    expect(encode(json).length).toBeLessThanOrEqual(1500);
  });

  it("states the same facts in both forms", async () => {
    const { text, json } = await ask();
    const data = JSON.parse(json) as Record<string, { rows?: unknown[][] }>;
    for (const value of Object.values(data)) {
      for (const row of value.rows ?? []) {
        const line = row.map((cell) => (String(cell ?? "").includes(",") ? `"${cell}"` : String(cell ?? ""))).join(",");
        expect(text.replaceAll(" (top-level pages)", "").split("\n")).toContain(line);
      }
    }
  });
});

describe("compare_domain_pages", () => {
  it("takes at most 150 tokens in the list of tools", () => {
    const { name, config } = compareDomainPages;
    const { inputSchema, ...rest } = config;
    const listed = {
      name,
      ...rest,
      inputSchema: inputSchema["~standard"].jsonSchema.input({ target: "draft-2020-12" }),
    };
    expect(encode(JSON.stringify(listed)).length).toBeLessThanOrEqual(150);
  });

  it("refuses a second snapshot that is not there under the argument that named it", async () => {
    const tool = await openTool([WHOLE]);
    const refused = (args: object) => tool(args).catch((error: unknown) => error);
    const byId = await refused({ snapshot_id: WHOLE.id, other_snapshot_id: "s_zzzzzzzz" });
    expect(byId).toBeInstanceOf(AppError);
    expect(byId).toMatchObject({ message: expect.stringMatching(/^other_snapshot_id: no snapshot is kept/) });
    const byTarget = await refused({ target: "acme.example", other_target: "example.com" });
    expect(byTarget).toMatchObject({ message: expect.stringMatching(/^other_target: no snapshot of example\.com/) });
  });
});
