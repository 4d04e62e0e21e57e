import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as settled } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { runView, type ViewArgs } from "../../src/cli/export.ts";
import { createFindSnapshot } from "../../src/lists/find-snapshot.ts";
import { OF_PAGES } from "../../src/pages/domain-pages.ts";
import { fillPage, toComparisonFile, toSnapshotFile } from "../../src/pages/view/view-file.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { readViewPage } from "../../src/view/view-page.ts";
import { makeSnapshot } from "../support/make-snapshot.ts";
import { makeTempFolder } from "../support/temp-home.ts";
import { createTestIo } from "../support/test-io.ts";

const snapshot = makeSnapshot({
  items: [
    { url: "https://acme.example/", status: 200, title: "</script><b>", summary: { backlinks: 1 } },
    { url: "https://acme.example/gone", status: 404, title: "ä\u202e", summary: { backlinks: 7 } },
  ],
});
const other = makeSnapshot({
  items: [{ url: "https://other.example/", status: 200, summary: { backlinks: 3 } }],
  request: { target: "other.example" },
});

/** What the command writes, and how it fails. */
async function viewWith(operands: readonly string[], options: ViewArgs["options"] = {}, terminalWidth?: number) {
  const store = createMemoryStore();
  await store.put(snapshot);
  await store.put(other);
  const io = createTestIo([], terminalWidth === undefined ? {} : { terminalWidth });
  const findSnapshot = createFindSnapshot({ ...OF_PAGES, snapshots: store, freshMs: 0, now: Date.now });
  const failure = await runView({ operands, options }, { findSnapshot }, io).catch((error: unknown) => error);
  await settled();
  return { failure, stdout: io.written("stdout"), stderr: io.written("stderr") };
}

describe("view", () => {
  it.each([snapshot.id, "acme.example", "https://www.ACME.example/x"])("shows %s on one page", async (operand) => {
    const { failure, stdout, stderr } = await viewWith([operand]);
    expect(failure).toBeUndefined();
    expect(stdout).toBe(fillPage(await readViewPage(), toSnapshotFile(snapshot)));
    expect(stderr).toBe("");
  });

  it("compares two on one page", async () => {
    const { stdout } = await viewWith([snapshot.id, "other.example"]);
    expect(stdout).toBe(fillPage(await readViewPage(), toComparisonFile(snapshot, other)));
  });

  it("writes into a file, and says where from and how large beside stdout", async () => {
    const out = path.join(makeTempFolder(), "acme.html");
    const { stdout, stderr } = await viewWith(["acme.example", "other.example"], { out });
    const bytes = (await readFile(out)).byteLength;
    expect(stdout).toBe("");
    expect(stderr).toBe(
      `view of snapshot ${snapshot.id} (acme.example) and snapshot ${other.id} (other.example): ${bytes.toLocaleString("en-US")} bytes written\n`,
    );
  });

  it("replaces a file only when told to", async () => {
    const out = path.join(makeTempFolder(), "mine.html");
    await writeFile(out, "mine");
    const refused = await viewWith([snapshot.id], { out });
    expect(refused.failure).toMatchObject({ kind: "input", message: `${out} is there already.` });
    expect(await readFile(out, "utf8")).toBe("mine");
    expect((await viewWith([snapshot.id], { out, force: true })).failure).toBeUndefined();
    expect(await readFile(out, "utf8")).toContain('id="view-file">{');
  });

  it("is nothing for a terminal", async () => {
    const { failure, stdout } = await viewWith([snapshot.id], {}, 80);
    expect(failure).toMatchObject({ kind: "input", message: expect.stringContaining("say --out FILE") });
    expect(stdout).toBe("");
  });

  it.each<[string, string[], ViewArgs["options"], RegExp]>([
    ["no snapshot", [], {}, /needs a snapshot id or a target/],
    ["--force without a file", ["acme.example"], { force: true }, /--force goes with --out/],
    ["an unknown id", ["s_nothere"], {}, /snapshot_id: no snapshot is kept under this id/],
    ["an unknown second", [snapshot.id, "never.example"], {}, /target: no snapshot of never\.example is kept/],
  ])("refuses %s, and writes nothing", async (_what, operands, options, message) => {
    const { failure, stdout } = await viewWith(operands, options);
    expect(failure).toMatchObject({ kind: "input", message: expect.stringMatching(message) });
    expect(stdout).toBe("");
  });
});
