import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import type { Check } from "./judge.ts";
import type { Revision } from "./scenarios.ts";

const PACKAGE = fileURLToPath(new URL("../../node_modules/@modelcontextprotocol/conformance/", import.meta.url));

/** The suite does not run on the oldest Node that the product runs on. */
const MIN_NODE = 22;

const MAX_RUN_MS = 300_000;

/**
 * Runs all that a revision requires of a server.
 * @returns the checks of each scenario
 * @throws when the suite could not be run at all
 */
export async function runSuite(url: string, revision: Revision): Promise<Map<string, Check[]>> {
  const folder = await mkdtemp(path.join(tmpdir(), "conformance-"));
  try {
    const isNewEnough = Number.parseInt(process.versions.node, 10) >= MIN_NODE;
    const [command, ...before] = isNewEnough ? [process.execPath] : ["npx", "-y", "-p", "node@24", "node"];
    const args = [
      ...before,
      path.join(PACKAGE, "dist/index.js"),
      "server",
      "--url",
      url,
      "--requirements",
      revision,
      "-o",
      folder,
    ];
    const said = await run(command as string, args);
    const results = new Map<string, Check[]>();
    for (const name of await readdir(folder)) {
      const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name)?.[1];
      if (scenario === undefined) continue;
      // A scenario that broke down leaves an empty folder.
      const checks = await readFile(path.join(folder, name, "checks.json"), "utf8").catch(() => "[]");
      results.set(scenario, JSON.parse(checks));
    }
    if (results.size === 0) throw new Error(`the suite left no results:\n${said}`);
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every scenario for servers that the suite runs for a revision, scored or not. */
export async function readRequired(revision: Revision): Promise<string[]> {
  const set = RequirementSet.parse(
    parse(await readFile(path.join(PACKAGE, "requirements", `${revision}.yaml`), "utf8")),
  );
  return [...set.server, ...set.not_scored.filter(({ leg }) => leg === "server").map(({ scenario }) => scenario)];
}

const RequirementSet = z.object({
  server: z.array(z.string()),
  not_scored: z.array(z.object({ scenario: z.string(), leg: z.string() })),
});

/** Its exit code says what the checks say too, and is not asked. */
function run(command: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: MAX_RUN_MS, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) => {
      resolve(`${stdout}\n${stderr}`.trim().slice(-2000));
    });
  });
}
