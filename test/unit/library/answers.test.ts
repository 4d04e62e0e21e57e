import { describe, expect, it } from "vitest";
import {
  type Answer,
  compare,
  condense,
  EXPORT_FILES,
  exportSnapshot,
  parseRequest,
  type Question,
  query,
  querySchema,
  readReply,
  readSavedAnswer,
  type Snapshot,
} from "../../../src/library/pages.ts";
import { listArguments } from "../../../src/lists/query/parse-list-query.ts";
import { queryDomainPages } from "../../../src/mcp/tools/query-domain-pages.ts";
import { SNAPSHOT_FILES } from "../../../src/pages/export/snapshot-files.ts";
import { ASKING_PAGES } from "../../../src/pages/query/asking-pages.ts";
import { readAnswer } from "../../fixtures/load.ts";
import { itemsSnapshot, sandboxSnapshot } from "../../support/sandbox-answer.ts";

const HUNDRED = sandboxSnapshot({ target: "acme.example", limit: 40 });
const TEN = readSavedAnswer(readAnswer("ten-pages"));

/** The next steps of an answer, as its two forms state them. */
function nextOf({ text, structured }: Answer): string[] {
  const told = text.split("\n").flatMap((line) => /^next, (.*)$/.exec(line)?.[1] ?? []);
  expect(structured["next"] ?? []).toEqual(told);
  return told;
}

const argumentsOf = (step: string) => JSON.parse(/\{.*\}(?= \()/.exec(step)?.[0] ?? "null");

describe("a condensed snapshot", () => {
  it("is the same whenever it is asked for, also of a snapshot that was kept as JSON", () => {
    const answer = condense(TEN, { notes: ["a note"] });
    expect(answer.text).toContain("note: a note");
    expect(answer.structured["notes"]).toEqual(["a note"]);
    expect(condense(JSON.parse(JSON.stringify(TEN)) as Snapshot, { notes: ["a note"] })).toEqual(answer);
    expect(JSON.parse(JSON.stringify(answer.structured))).toEqual(answer.structured);
  });

  it("names neither tools nor commands as the next step, but what the caller has: a request and a query", () => {
    const next = nextOf(condense(HUNDRED, { maxTokens: 600 }));
    expect(next).toEqual([expect.stringMatching(/^free: query \{/), expect.stringMatching(/^paid: request \{/)]);
    const { text, structured } = query(HUNDRED, argumentsOf(next[0] ?? ""), { maxTokens: 600 });
    expect(structured["rows"]).not.toEqual([]);
    expect(parseRequest(argumentsOf(next[1] ?? "")).request).toEqual({ target: "acme.example", limit: 1000 });
    expect(`${text}${next.join()}`).not.toMatch(/domain_pages|domain-pages-mcp/);
  });

  it("keeps to the tokens that it is given", () => {
    const length = (maxTokens: number) => condense(HUNDRED, { maxTokens }).text.length;
    expect(length(600)).toBeLessThan(length(1500));
    expect(length(1500)).toBeLessThan(length(4000));
  });

  it.each([0, 399, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("cannot have %d tokens", (maxTokens) => {
    expect(() => condense(HUNDRED, { maxTokens })).toThrow(/^maxTokens: must be a whole number, 400 to 1000000/);
  });
});

describe("a question to a snapshot", () => {
  it("has the fields of the server's tool, and its schema", () => {
    const fields: Record<keyof Question, true> = {
      snapshot_id: true,
      target: true,
      filters: true,
      status: true,
      section: true,
      min_backlinks: true,
      min_referring_domains: true,
      text: true,
      order_by: true,
      columns: true,
      group_by: true,
      fold: true,
      limit: true,
      offset: true,
      handles: true,
    };
    expect(Object.keys(fields)).toEqual([...listArguments(ASKING_PAGES)]);
    const { jsonSchema } = queryDomainPages.config.inputSchema["~standard"];
    expect(querySchema()).toEqual(jsonSchema.input({ target: "draft-2020-12" }));
  });

  it("keeps its schema when a framework rewrites the one that it was given", () => {
    const before = JSON.stringify(querySchema());
    const rewritten = querySchema()["properties"] as Record<string, { enum?: unknown[]; items?: object }>;
    rewritten["status"]?.enum?.push(null);
    Object.assign(rewritten["columns"]?.items ?? {}, { type: ["string", "null"] });
    expect(JSON.stringify(querySchema())).toBe(before);
    expect(query(TEN, { status: "broken" }).structured["rows_matched"]).toBe(4);
  });

  it("shows the whole table where nothing is asked", () => {
    expect(query(TEN).structured).toMatchObject({ rows_matched: 8, snapshot_id: TEN.id });
    expect(query(TEN, {})).toEqual(query(TEN));
  });

  it("may come as JSON text, and name the snapshot and its target", () => {
    const asked = query(TEN, { status: "broken" });
    expect(asked.structured["rows_matched"]).toBe(4);
    expect(query(TEN, `{"status":"broken","snapshot_id":"${TEN.id}"}`)).toEqual(asked);
    expect(query(TEN, { status: "broken", target: "www.acme.example", snapshot_id: null })).toMatchObject({
      structured: { rows_matched: 4 },
    });
  });

  it.each<[string, unknown, RegExp]>([
    ["another snapshot", { snapshot_id: "s_00000000" }, /^snapshot_id: names another snapshot/],
    ["another target", { target: "example.com" }, /^target: is example.com, but snapshot/],
    ["a field that there is not", { filters: ["pagerank", ">", 1] }, /^filters: unknown field "pagerank"/],
    ["an argument that there is not", { sort: "rank" }, /did you mean "order_by"/],
    ["no object", 7, /^arguments: must be an object/],
    ["nothing at all", null, /^arguments: must be an object/],
  ])("is refused when it names %s", (_, question, message) => {
    expect(() => query(TEN, question)).toThrow(message);
  });

  it("is answered with next steps that can be asked as they are", () => {
    const next = nextOf(query(HUNDRED, { group_by: "section" })).filter((step) => step.startsWith("free: query"));
    expect(next).not.toEqual([]);
    for (const step of next) expect(query(HUNDRED, argumentsOf(step)).text).toContain("acme.example: ");
  });

  it("has a bound for a regular expression where it is given a clock", () => {
    const slow = { filters: ["page", "regex", "a.*b"] };
    let clock = 0;
    const now = () => {
      clock += 700;
      return clock;
    };
    expect(() => query(TEN, slow, { now })).toThrow(/the regex takes more than 2 s/);
    expect(query(TEN, slow).structured["urls_matched"]).toBe(0);
  });
});

describe("a comparison", () => {
  const july = itemsSnapshot(TEN.items.map(({ raw }) => raw).slice(0, 8), 8);
  const reply = { status: 200, body: readAnswer("ten-pages") };
  const later = readReply(reply, { request: july.request, receivedAt: (july.fetchedAt ?? 0) + 86_400_000 });

  it("is of the older with the newer one, whichever way round they are given", () => {
    const { text, structured } = compare(july, later);
    expect(structured).toMatchObject({ before: { snapshot_id: july.id }, after: { snapshot_id: later.id } });
    expect(compare(later, july).structured).toMatchObject({
      before: { snapshot_id: july.id },
      after: { snapshot_id: later.id },
    });
    expect(text).toMatch(/^acme\.example: what changed in 1 day\n/);
  });

  it("of two targets stands side by side, and names the files that hold all rows", () => {
    const example = sandboxSnapshot({ target: "example.com" });
    const answer = compare(HUNDRED, example, { maxTokens: 700 });
    expect(nextOf(answer).slice(0, 2)).toEqual(
      [HUNDRED.id, example.id].map(
        (id) => `free: export {"snapshot_id":"${id}","file":"rows.csv"} (every row of ${id})`,
      ),
    );
  });
});

describe("exports", () => {
  const snapshot = sandboxSnapshot({ target: "acme.example", limit: 30 });

  it("lists every file that the server has, each with what is in it", () => {
    expect(EXPORT_FILES.map(({ name }) => name)).toEqual(Object.keys(SNAPSHOT_FILES));
    for (const { mimeType, says, title } of EXPORT_FILES) expect([mimeType, says, title]).not.toContain("");
  });

  it.each(EXPORT_FILES.map(({ name }) => name))("writes the server's own bytes of %s", async (name) => {
    const text = await exportSnapshot(snapshot, name);
    expect(text).toBe(await SNAPSHOT_FILES[name].render(snapshot));
    expect(text).toMatch(/\n$/);
  });

  it.each(["pages.xlsx", "toString", undefined])("names the files that there are when asked for %s", async (name) => {
    await expect(exportSnapshot(snapshot, name as "rows.csv")).rejects.toMatchObject({
      name: "AppError",
      kind: "input",
      message: expect.stringMatching(/^file: must be one of rows\.csv, /),
    });
  });
});
