import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { BUILT, runBuilt } from "../support/built.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const FULL = "/dev/full";
const SAVED = fileURLToPath(new URL("../fixtures/answers/ten-pages.json", import.meta.url));

const COMMANDS = [
  ["get", "acme.example", "--limit", "5"],
  ["get", "acme.example", "--limit", "5", "--json"],
  ["estimate", "acme.example"],
  ["query", "acme.example"],
  ["compare", "acme.example", "example.com"],
  ["export", "acme.example", "--format", "csv"],
  ["view", "acme.example"],
  ["import", SAVED],
  ["spend"],
  ["spend", "--json"],
  ["token", "create", "somebody"],
  ["token", "list"],
  ["doctor"],
  ["--help"],
  ["--version"],
];

describe.runIf(existsSync(FULL))("a standard output that cannot be written", () => {
  const home = makeTempFolder();
  const run = (args: readonly string[], stdout: number | "pipe") => {
    const env = { PATH: process.env["PATH"], HOME: home, DOMAIN_PAGES_CACHE_DIR: path.join(home, "cache") };
    return spawnSync(process.execPath, [BUILT, ...args], { env, encoding: "utf8", stdio: ["ignore", stdout, "pipe"] });
  };
  const runFull = (args: readonly string[]) => {
    const full = openSync(FULL, "w");
    try {
      return run(args, full);
    } finally {
      closeSync(full);
    }
  };

  beforeAll(() => {
    for (const target of ["acme.example", "example.com"]) run(["get", target], "pipe");
  }, 60_000);

  it.each(COMMANDS.map((args) => [args.join(" "), args] as const))("is no success of %s, and is said", (_, args) => {
    const { status, stderr } = runFull(args);
    expect(status).toBe(7);
    expect(stderr).toContain("standard output could not be written (ENOSPC)");
  });

  it("says of a token that it has to be made again", () => {
    expect(runFull(["token", "create", "another"]).stderr).toContain("revoke it and make another");
  });
});

describe("an import that cannot be kept", () => {
  it("shows what was read, says so there and ends as a failure", async () => {
    const folder = makeTempFolder();
    writeFileSync(path.join(folder, "snapshots"), "in the way");
    const { code, stdout, stderr } = await runBuilt(["import", SAVED], { env: { DOMAIN_PAGES_CACHE_DIR: folder } });
    expect(code).toBe(2);
    expect(stdout).toContain("this snapshot could not be written (EEXIST)");
    expect(stderr).toContain("The answer was read but not kept: snapshots cannot be written (EEXIST).");
  });

  it("is no failure where nothing was to be kept, and is said all the same", async () => {
    const { code, stdout } = await runBuilt(["import", SAVED], { env: { DOMAIN_PAGES_STORE: "memory" } });
    expect(code).toBe(0);
    expect(stdout).toContain("keeps nothing beyond this command");
  });
});
