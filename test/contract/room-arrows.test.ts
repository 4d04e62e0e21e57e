import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOMS } from "../../scripts/docs/rooms.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const REFUSED = [
  ["src/pages/a.ts", 'import "../upstream/client.ts";'],
  ["src/pages/answer/b.ts", 'import "../../mcp/server.ts";'],
  ["src/pages/c.ts", 'import "../config/schema.ts";'],
  ["src/pages/d.ts", 'import "node:fs";'],
  ["src/mcp/tools/e.ts", 'import "../../upstream/wire.ts";'],
  ["src/mcp/f.ts", 'import "../store/memory-store.ts";'],
  ["src/upstream/g.ts", 'import "../sandbox/world.ts";'],
  ["src/upstream/h.ts", 'import "@modelcontextprotocol/server";'],
  ["src/disk/h1.ts", 'import "../store/memory-store.ts";'],
  ["src/disk/h2.ts", 'import "../errors.ts";'],
  ["src/pages/h3.ts", 'import "../disk/turn.ts";'],
  ["src/mcp/h4.ts", 'import "../disk/turn.ts";'],
  ["src/serve/h5.ts", 'import "../disk/turn.ts";'],
  ["src/store/i.ts", 'import "../upstream/wire.ts";'],
  ["src/store/q.ts", 'import "../spend/carry-out.ts";'],
  ["src/spend/r.ts", 'import "../store/memory-store.ts";'],
  ["src/spend/ledger/s.ts", 'import "../../upstream/wire.ts";'],
  ["src/pages/t.ts", 'import "../spend/carry-out.ts";'],
  ["src/sandbox/u.ts", 'import "../spend/carry-out.ts";'],
  ["src/mcp/v.ts", 'import "../compose/organisation.ts";'],
  ["src/sandbox/j.ts", 'import "../upstream/client.ts";'],
  ["src/cli/k.ts", 'import "undici";'],
  ["src/cli/l.ts", "console.log(1);"],
  ["src/cli/a1.ts", 'import "ioredis";'],
  ["src/access/a2.ts", 'import "../serve/turns.ts";'],
  ["src/access/a3.ts", 'import "../config/schema.ts";'],
  ["src/serve/a4.ts", 'import "@modelcontextprotocol/node";'],
  ["src/serve/a5.ts", 'import "../access/token-book.ts";'],
  ["src/serve/a6.ts", 'import "../mcp/server.ts";'],
  ["src/metrics/a7.ts", 'import "../errors.ts";'],
  ["src/threads/h1.ts", 'import "../pages/page.ts";'],
  ["src/spend/h2.ts", 'import "../pages/page.ts";'],
  ["src/store/h2.ts", 'import "../pages/page.ts";'],
  ["src/upstream/h2.ts", 'import "../pages/page.ts";'],
  ["src/threads/h2.ts", 'import "../lists/text.ts";'],
  ["src/pages/h3.ts", 'import "../threads/match-pool.ts";'],
  ["src/mcp/h4.ts", 'import "../threads/match-pool.ts";'],
  ["src/library/h5.ts", 'import "../threads/match-pool.ts";'],
  ["src/redis/a8.ts", 'import "../mcp/server.ts";'],
  ["src/redis/a9.ts", 'import "../upstream/client.ts";'],
  ["src/mcp/http/b1.ts", 'import "../../access/token-book.ts";'],
  ["src/mcp/b2.ts", 'import "../redis/redis-room.ts";'],
  ["src/spend/b3.ts", 'import "../redis/redis-room.ts";'],
  ["src/pages/b4.ts", 'import "../access/principal.ts";'],
  ["src/library/b5.ts", 'import "../mcp/server.ts";'],
  ["src/library/b6.ts", 'import "../upstream/client.ts";'],
  ["src/library/b7.ts", 'import "../store/memory-store.ts";'],
  ["src/library/b8.ts", 'import "../spend/carry-out.ts";'],
  ["src/library/b9.ts", 'import "node:fs/promises";'],
  ["src/library/d1.ts", 'import "node:process";'],
  ["src/library/d2.ts", 'import "@modelcontextprotocol/server";'],
  ["src/library/d3.ts", 'import "../sandbox/world.ts";'],
  ["src/library/d4.ts", 'import "../config/schema.ts";'],
  ["src/lists/g1.ts", 'import "../mcp/server.ts";'],
  ["src/lists/filters/g2.ts", 'import "../../upstream/wire.ts";'],
  ["src/lists/g3.ts", 'import "node:fs";'],
  ["src/lists/filters/g6.ts", 'import type { Page } from "../../pages/page.ts";'],
  ["src/access/g4.ts", 'import "../lists/text.ts";'],
  ["src/pages/d5.ts", 'import "../library/answers.ts";'],
  ["src/pages/view/d6.ts", 'import "../../view/view-page.ts";'],
  ["src/mcp/d7.ts", 'import "../view/view-page.ts";'],
  ["src/view/e1.ts", 'import "../pages/view/snapshot-view.ts";'],
  ["src/view/e2.ts", 'import "../lists/text.ts";'],
  ["src/view/e3.ts", 'import "../errors.ts";'],
  ["src/view/e4.ts", 'import "node:fs";'],
  ["src/view/app/e5.ts", 'import "node:fs/promises";'],
  ["src/view/e6.ts", 'import "../mcp/apps-view.ts";'],
  ["src/view/e7.ts", 'import "@modelcontextprotocol/server";'],
  ["src/view/e8.ts", 'import "@modelcontextprotocol/ext-apps";'],
  ["src/view/view-page.ts", 'import "../pages/view/view-data.ts";'],
  ["src/compose/f5.ts", 'import "../cli/run.ts";'],
  ["src/config/f6.ts", 'import "../lists/text.ts";'],
  ["src/store/f7.ts", 'import "../main.ts";'],
  ["src/sandbox/f8.ts", 'import "../secrets.ts";'],
] as const;

const ALLOWED = [
  ["src/access/h6.ts", 'import "../disk/turn.ts";'],
  ["src/store/h7.ts", 'import "../disk/turn.ts";'],
  ["src/pages/m.ts", 'import "../errors.ts";'],
  ["src/lists/g5.ts", 'import "../errors.ts";'],
  ["src/pages/g6.ts", 'import "../lists/text.ts";'],
  ["src/mcp/n.ts", 'import "../pages/get-pages.ts";'],
  ["src/sandbox/o.ts", 'import "../upstream/wire.ts";'],
  ["src/spend/ledger/w.ts", 'import "../../errors.ts";'],
  ["src/spend/x.ts", 'import "../lists/snapshot.ts";'],
  ["src/store/x.ts", 'import "../endpoints.ts";'],
  ["src/cli/p.ts", 'import "../compose/organisation.ts";'],
  ["src/mcp/http/c1.ts", 'import "../../access/principal.ts";'],
  ["src/threads/h6.ts", 'import "../lists/filters/match-texts.ts";'],
  ["src/serve/c2.ts", 'import "../access/principal.ts";'],
  ["src/redis/c3.ts", 'import "../mcp/http/session-records.ts";'],
  ["src/redis/c4.ts", 'import "../upstream/wire.ts";'],
  ["src/compose/c5.ts", 'import "../redis/redis-room.ts";'],
  ["src/library/c6.ts", 'import "../upstream/envelope.ts";'],
  ["src/library/c7.ts", 'import "../pages/export/snapshot-files.ts";'],
  ["src/library/c8.ts", 'import "../errors.ts";'],
  ["src/view/c9.ts", 'import type { ViewData } from "../pages/view/view-data.ts";'],
  ["src/view/app/f1.ts", 'import { VIEW_COLUMNS } from "../../pages/view/view-data.ts";'],
  ["src/view/app/f3.ts", 'import "./c9.ts";'],
  ["src/cli/f4.ts", 'import "../view/view-page.ts";'],
] as const;

interface Report {
  diagnostics: { category: string; location: { path: string | { file: string } } }[];
}

/** Lints the lines as if they stood in the given files; one run for all. */
async function lintPlanted(folder: string): Promise<string[]> {
  for (const file of ["biome.json", "biome.rooms.json"]) await cp(path.join(ROOT, file), path.join(folder, file));
  for (const [file, line] of [...REFUSED, ...ALLOWED]) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), `${line}\n`);
  }
  const biome = path.join(ROOT, "node_modules/.bin/biome");
  const args = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "."];
  const stdout = await promisify(execFile)(biome, args, { cwd: folder }).then(
    (done) => done.stdout,
    (error: { stdout: string }) => error.stdout,
  );
  const report = JSON.parse(stdout) as Report;
  return report.diagnostics
    .filter(({ category }) => /noRestrictedImports|noConsole/.test(category))
    .map(({ location }) => (typeof location.path === "string" ? location.path : location.path.file));
}

describe("the table of the rooms", () => {
  it("has every folder of src, and no other", async () => {
    const entries = await readdir(path.join(ROOT, "src"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(Object.keys(ROOMS).sort()).toEqual(folders.sort());
  });
});

describe("the files of src", () => {
  it("have names of their own, so that a name alone says which one is meant", async () => {
    const files = await readdir(path.join(ROOT, "src"), { recursive: true });
    const names = files.filter((file) => /\.[a-z]*tsx?$/.test(file)).map((file) => path.basename(file));
    expect(names.length).toBeGreaterThan(200);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});

describe("src", () => {
  it("asks nowhere with URL.canParse, which Node 20 answers wrongly once it is asked often", async () => {
    const files = await readdir(path.join(ROOT, "src"), { recursive: true });
    const texts = files.filter((file) => /\.tsx?$/.test(file) && file !== "read-url.ts");
    for (const file of texts)
      expect(await readFile(path.join(ROOT, "src", file), "utf8"), file).not.toContain("canParse");
  });
});

describe("the linter holds the arrows between the rooms", () => {
  let folder: string;
  let refused: string[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "arrows-"));
    refused = await lintPlanted(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(REFUSED)("%s may not say %s", (file) => {
    expect(refused).toContain(file);
  });

  it.each(ALLOWED)("%s may say %s", (file) => {
    expect(refused).not.toContain(file);
  });
});
