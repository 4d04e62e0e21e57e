import { describe, expect, it } from "vitest";
import { renderHelp } from "../../../../src/cli/help.ts";
import { type SnapshotFile, shortenNames } from "../../../../src/lists/export-files.ts";
import type { PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import {
  FORMATS,
  REDIRECT_MAPS,
  SNAPSHOT_FILE_NAMES,
  SNAPSHOT_FILES,
  type SnapshotFileName,
} from "../../../../src/pages/export/snapshot-files.ts";
import { type ItemFacts, makeSnapshot } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";
import { MAP_READERS } from "./read-maps.ts";

const SANDBOX = /^[^\p{L}]*SANDBOX\b/mu;
const REVIEW = /a suggestion to review/;
/** What a file may begin with before its notice is over. */
const HEAD_LINES = 3;

/** Dead pages, a chain that every map has a rule for, and titles and addresses that want to be more than that. */
const itemsOf = (title: string, path: string): ItemFacts[] => [
  { url: "https://acme.example/", status: 200, title, summary: { backlinks: 4, referring_domains: 2 } },
  { url: `https://acme.example/gone${path}`, status: 404, title, summary: { backlinks: 90, referring_domains: 8 } },
  { url: "https://acme.example/way", status: 301, title, location: "/by-way-of", summary: { backlinks: 9 } },
  { url: "https://acme.example/by-way-of", status: 308, location: "/end", summary: { backlinks: 1 } },
  { url: "https://acme.example/end", status: 200, title, summary: { backlinks: 2, referring_domains: 1 } },
  { url: "https://acme.example/late", status: 503, title, summary: { backlinks: 3, referring_domains: 1 } },
];
const PLAIN = itemsOf("Anvils", "");
const HOSTILE = itemsOf('=HYPERLINK("x")\r\n# x\u2028;+1,"\n} server {\u0000| <b>', "\n\r'\"{};$&%0A|");

const render = (name: SnapshotFileName, items: readonly ItemFacts[]): Promise<string> =>
  SNAPSHOT_FILES[name].render(makeSnapshot({ items, source: "sandbox" }));

describe.each(SNAPSHOT_FILE_NAMES)("the export file %s", (name) => {
  const { format, mimeType, notice, says, title }: SnapshotFile<PagesSnapshot> = SNAPSHOT_FILES[name];

  it("has words of its own in the table", () => {
    expect(title, `${name}: title`).not.toBe("");
    expect(says, `${name}: says is to be one sentence`).toMatch(/^[A-Z].*\.$/);
    expect(format, `${name}: format is to be a word as one types it`).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(FORMATS[format], `${name}: format ${format} is the word of another file`).toBe(name);
    expect(
      SNAPSHOT_FILE_NAMES.filter((other) => SNAPSHOT_FILES[other].says === says),
      `${name}: says`,
    ).toEqual([name]);
  });

  it("says in its first lines what it is, wherever it has a place for words", async () => {
    const head = (await render(name, HOSTILE)).split("\n").slice(0, HEAD_LINES).join("\n");
    const hasPlace = !["text/csv", "application/jsonl"].includes(mimeType);
    expect(notice !== "none", `${name}: notice is ${notice}, its type ${mimeType}`).toBe(hasPlace);
    if (hasPlace) expect(head, `${name}: no SANDBOX notice in its first lines`).toMatch(SANDBOX);
    const isMap = name.startsWith("redirects.") && hasPlace;
    expect(REDIRECT_MAPS.includes(name), `${name}: notice "sandbox and review" is for redirect maps`).toBe(isMap);
    if (isMap) expect(head, `${name}: its notice does not say that it is a suggestion to review`).toMatch(REVIEW);
  });

  it("closes its last line, and has not a line more for what a stranger writes", async () => {
    const [plain, hostile] = [await render(name, PLAIN), await render(name, HOSTILE)];
    expect(hostile.endsWith("\n"), `${name}: the last line is not closed`).toBe(true);
    expect(hostile, `${name}: a control character or a line break of another kind`).not.toMatch(/[\0\v\f\u2028\u2029]/);
    if (mimeType !== "text/csv" && !REDIRECT_MAPS.includes(name)) {
      expect(hostile.split("\n").length, `${name}: lines`).toBe(plain.split("\n").length);
    }
    if (mimeType === "text/csv") expect(readCsv(hostile.trimEnd()).length).toBe(readCsv(plain.trimEnd()).length);
  });

  it("is read back by a reader apart, if it is a redirect map", async () => {
    if (!REDIRECT_MAPS.includes(name)) return;
    const read = MAP_READERS[name];
    if (read === undefined) throw new Error(`${name}: MAP_READERS in read-maps.ts has no reader for it`);
    const { rules, answers } = read(await render(name, HOSTILE), "acme.example");
    expect(rules, `${name}: rules`).toBeGreaterThan(0);
    expect(answers("acme.example", "/way")).toBe("https://acme.example/end");
  });

  it("is named by --help", () => {
    expect(renderHelp()).toContain(shortenNames(Object.keys(FORMATS), "-").join(", "));
  });
});
