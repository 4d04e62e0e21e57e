import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import * as library from "../../src/library/pages.ts";

const FOLDER = new URL("../../src/library/", import.meta.url);

const read = (file: string) => readFile(new URL(file, FOLDER), "utf8");

/** What the entry hands out, and from where: `export { a, type B } from "./c.ts"`, `export type { D } from …`. */
async function readExports(): Promise<{ name: string; isType: boolean; file: string }[]> {
  const entry = await read("pages.ts");
  return [...entry.matchAll(/export (type )?\{([^}]*)\} from "([^"]+)"/g)].flatMap(([, type, names = "", file = ""]) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => ({
        name: name.replace(/^type /, ""),
        isType: type !== undefined || name.startsWith("type "),
        file,
      })),
  );
}

/** The comment that stands directly before a declaration; empty when there is none. */
const docOf = (source: string, name: string): string =>
  new RegExp(
    `(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/)\\s*export (?:async )?(?:function|const|class|interface|type) ${name}\\b`,
  ).exec(source)?.[1] ?? "";

describe("the library's public surface", async () => {
  const all = await readExports();
  const values = all.filter(({ isType }) => !isType);

  it("is exactly this, and every change to it is a decision", () => {
    expect(Object.keys(library).sort()).toEqual(values.map(({ name }) => name).sort());
    expect(all.map(({ name, isType }) => (isType ? `type ${name}` : name)).sort()).toMatchInlineSnapshot(`
      [
        "AppError",
        "EXPORT_FILES",
        "compare",
        "condense",
        "describeFailure",
        "exportSnapshot",
        "parseRequest",
        "query",
        "querySchema",
        "readReply",
        "readSavedAnswer",
        "requestSchema",
        "toRequestBody",
        "toRequestKey",
        "type Answer",
        "type AnswerOptions",
        "type AppErrorFacts",
        "type Call",
        "type Charge",
        "type CondenseOptions",
        "type ErrorKind",
        "type ExportFile",
        "type FailureCharge",
        "type Filter",
        "type Grouping",
        "type JsonSchema",
        "type Page",
        "type PageState",
        "type PagesRequest",
        "type ParseRequestOptions",
        "type ParsedRequest",
        "type QueryOptions",
        "type Question",
        "type Reply",
        "type RequestBody",
        "type Snapshot",
        "type SnapshotFileName",
        "type Source",
        "type WireFilter",
      ]
    `);
  });

  it.each(all)("says what $name is", async ({ name, file }) => {
    expect(docOf(await read(file), name)).not.toBe("");
  });

  it.each(values)("shows how $name is used", async ({ name, file }) => {
    expect(docOf(await read(file), name)).toContain("@example");
  });
});
