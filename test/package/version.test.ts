import { execFile } from "node:child_process";
import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/packaging/package-facts.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const execute = promisify(execFile);

const NEXT = "9.8.7";

let copy: string;

const run = (command: string, ...args: string[]) => execute(command, args, { cwd: copy });
const read = (file: string) => readFile(path.join(copy, file), "utf8");
const readJson = async (file: string) => JSON.parse(await read(file));

/** A repository of its own with what lies here, installed. */
async function copyRepository(): Promise<string> {
  const folder = path.join(makeTempFolder(), "copy");
  const { stdout } = await execute("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    maxBuffer: 10_000_000,
  });
  for (const file of stdout.split("\0").filter(Boolean)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await cp(path.join(ROOT, file), path.join(folder, file));
  }
  await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  await cp(path.join(ROOT, "dist"), path.join(folder, "dist"), { recursive: true });
  return folder;
}

beforeAll(async () => {
  copy = await copyRepository();
  await run("git", "init", "--quiet");
  await run("git", "config", "user.name", "test");
  await run("git", "config", "user.email", "test@example.com");
  await run("git", "add", "--all", "--", ".", ":!node_modules");
  await run("git", "commit", "--quiet", "--message", "start");
  await run("npm", "version", NEXT);
});

describe("`npm version`", () => {
  it("sets the version everywhere", async () => {
    expect(await readJson("package.json")).toMatchObject({ version: NEXT });
    expect(await readJson("package-lock.json")).toMatchObject({ version: NEXT, packages: { "": { version: NEXT } } });
    expect(await readJson("manifest.json")).toMatchObject({ version: NEXT });
    expect(await readJson("server.json")).toMatchObject({ version: NEXT, packages: [{ version: NEXT }] });
    const { stdout } = await run("npx", "tsx", "src/main.ts", "--version");
    expect(stdout.trim()).toBe(NEXT);
  });

  it("names in the changelog what was unreleased, and leaves room for what comes", async () => {
    const lines = (await read("CHANGELOG.md")).split("\n").filter((line) => line.startsWith("## "));
    expect(lines.slice(0, 2)).toEqual(["## Unreleased", expect.stringMatching(/^## 9\.8\.7 \(\d{4}-\d\d-\d\d\)$/)]);
  });

  it("commits all of that under the version's tag, with nothing left over", async () => {
    expect((await run("git", "status", "--porcelain", "--", ".", ":!node_modules")).stdout).toBe("");
    expect((await run("git", "describe", "--exact-match")).stdout.trim()).toBe(`v${NEXT}`);
  });

  it("lets the release name its bundle by hash, with its notes", async () => {
    await run("npx", "tsx", "scripts/release/prepare.ts");
    const { packages } = await readJson("server.json");
    expect(packages[1]).toMatchObject({
      registryType: "mcpb",
      identifier: expect.stringMatching(/\/releases\/download\/v9\.8\.7\/domain-pages-mcp\.mcpb$/),
    });
    const bundle = await readFile(path.join(copy, "domain-pages-mcp.mcpb"));
    const sum = (await run("sha256sum", "domain-pages-mcp.mcpb")).stdout.split(" ")[0];
    expect(packages[1].fileSha256).toBe(sum);
    const manifest = unzipSync(new Uint8Array(bundle))["manifest.json"];
    expect(JSON.parse(Buffer.from(manifest as Uint8Array).toString("utf8"))).toMatchObject({ version: NEXT });
    expect(await read("release-notes.md")).toContain("get_domain_pages");
  });

  it("refuses to release what the changelog says nothing of", async () => {
    await run("git", "checkout", "--quiet", "--", "server.json");
    await expect(run("npm", "version", "10.0.0")).rejects.toThrow(/says nothing under Unreleased/);
  });
});
