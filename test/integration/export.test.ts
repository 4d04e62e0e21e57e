import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as settled } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { EXPORT_FORMATS, type ExportArgs, runExport } from "../../src/cli/export.ts";
import { createFindSnapshot } from "../../src/lists/find-snapshot.ts";
import { OF_PAGES } from "../../src/pages/domain-pages.ts";
import { SNAPSHOT_FILES } from "../../src/pages/export/snapshot-files.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { makeSnapshot } from "../support/make-snapshot.ts";
import { makeTempFolder } from "../support/temp-home.ts";
import { createTestIo } from "../support/test-io.ts";

const snapshot = makeSnapshot({
  items: [
    { url: "https://acme.example/", status: 200, title: "x".repeat(400_000), summary: { backlinks: 1 } },
    { url: "https://acme.example/gone", status: 404, title: "ä\u202e", summary: { backlinks: 7 } },
  ],
});

/** What the command writes, and how it fails. */
async function exportWith(operand: string | undefined, options: ExportArgs["options"]) {
  const store = createMemoryStore();
  await store.put(snapshot);
  const io = createTestIo([]);
  const findSnapshot = createFindSnapshot({ ...OF_PAGES, snapshots: store, freshMs: 0, now: Date.now });
  const operands = operand === undefined ? [] : [operand];
  const failure = await runExport({ operands, options }, { findSnapshot }, io).catch((error: unknown) => error);
  await settled();
  return { failure, stdout: io.written("stdout"), stderr: io.written("stderr") };
}

describe("export", () => {
  it.each(Object.entries(EXPORT_FORMATS))(
    "writes --format %s as the resource %s holds it, uncut",
    async (format, file) => {
      const { failure, stdout, stderr } = await exportWith(snapshot.id, { format });
      expect(failure).toBeUndefined();
      expect(stdout).toBe(await SNAPSHOT_FILES[file].render(snapshot));
      expect(stderr).toBe("");
    },
  );

  it.each(["acme.example", "https://www.ACME.example/x"])(
    "takes the newest snapshot of the target %s",
    async (target) => {
      const { stdout } = await exportWith(target, { format: "rows" });
      expect(stdout).toBe(await SNAPSHOT_FILES["rows.csv"].render(snapshot));
    },
  );

  it("writes into a file, and says so beside stdout", async () => {
    const out = path.join(makeTempFolder(), "pages.jsonl");
    const { stdout, stderr } = await exportWith(snapshot.id, { format: "jsonl", out });
    const text = await SNAPSHOT_FILES["pages.jsonl"].render(snapshot);
    expect(await readFile(out, "utf8")).toBe(text);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^pages\.jsonl of snapshot s_\w{8} \(acme\.example\): [\d,]+ bytes written\n$/);
  });

  it.each(["csv", "rows", "redirects-csv"])("marks --format %s as UTF-8 for Excel when told to", async (format) => {
    const out = path.join(makeTempFolder(), "pages.csv");
    const { stdout } = await exportWith(snapshot.id, { format, excel: true });
    const plain = await exportWith(snapshot.id, { format });
    await exportWith(snapshot.id, { format, excel: true, out });
    expect(stdout).toBe(`\ufeff${plain.stdout}`);
    expect([...(await readFile(out)).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });

  it("replaces a file only when told to", async () => {
    const out = path.join(makeTempFolder(), "mine.csv");
    await writeFile(out, "mine");
    const refused = await exportWith(snapshot.id, { format: "rows", out });
    expect(refused.failure).toMatchObject({ kind: "input", message: `${out} is there already.` });
    expect(await readFile(out, "utf8")).toBe("mine");
    const replaced = await exportWith(snapshot.id, { format: "rows", out, force: true });
    expect(replaced.failure).toBeUndefined();
    expect(await readFile(out, "utf8")).toBe(await SNAPSHOT_FILES["rows.csv"].render(snapshot));
  });

  it.each<[string, string | undefined, ExportArgs["options"], RegExp]>([
    ["no snapshot", undefined, { format: "rows" }, /needs a snapshot id or a target/],
    ["no format", "acme.example", {}, /needs --format; there are csv, rows, jsonl, md, redirects-csv/],
    ["an unknown format", "acme.example", { format: "constructor" }, /no such format "constructor"; there are csv/],
    ["--force without a file", "acme.example", { format: "rows", force: true }, /--force goes with --out/],
    [
      "--excel for what is no CSV",
      "acme.example",
      { format: "md", excel: true },
      /--excel goes with --format csv, rows, re/,
    ],
    ["an unknown id", "s_nothere", { format: "rows" }, /snapshot_id: no snapshot is kept under this id/],
    [
      "a target that was never asked for",
      "other.example",
      { format: "rows" },
      /target: no snapshot of other\.example is kept/,
    ],
    [
      "a folder that is not there",
      "acme.example",
      { format: "rows", out: "/nowhere/at/all" },
      /Cannot write \/nowhere\/at\/all \(ENOENT\)/,
    ],
  ])("refuses %s, and writes nothing", async (_what, operand, options, message) => {
    const { failure, stdout } = await exportWith(operand, options);
    expect(failure).toMatchObject({ kind: "input", message: expect.stringMatching(message) });
    expect(stdout).toBe("");
  });
});
