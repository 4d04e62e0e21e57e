// The public MCP conformance suite, for both spec versions: `npx tsx scripts/conformance.ts [fixture] [real]`.
// Without an argument it runs against both servers: the product (`npm run build` first) and a server with the suite's
// own tools on the same endpoint. Exits non-zero for every failure that is not written down in
// test/conformance/scenarios.ts, and for every one that is and does not come.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { createConformanceServers, type Listening, serveLocally } from "../test/conformance/fixture-server.ts";
import { findUnrequired, judge, type Run } from "../test/conformance/judge.ts";
import { readRequired, runSuite } from "../test/conformance/run-suite.ts";
import { EXPECTED_FAILURES, REVISIONS, SCENARIOS, type ServerKind } from "../test/conformance/scenarios.ts";

/** How the product is started; it prints where it listens. */
const REAL_SERVER = ["dist/main.js", "http", "--port", "0"];
/** The suite asks faster than any caller may, and much of what it asks is refused. */
const REAL_SETTINGS = { DOMAIN_PAGES_HTTP_CALLS_PER_MINUTE: "100000", DOMAIN_PAGES_LOG_LEVEL: "error" };
const LISTENING = /^listening on (http:\/\/\S+)/;
const MAX_START_MS = 20_000;

const MARKS = { passed: "✓", failed: "✗", "not asked": "·" } as const;

async function startReal(): Promise<Listening> {
  const home = await mkdtemp(path.join(tmpdir(), "conformance-home-"));
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, ...REAL_SETTINGS };
  const child = spawn(process.execPath, REAL_SERVER, { env, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const close = async () => {
    child.kill("SIGTERM");
    await exited;
    await rm(home, { recursive: true, force: true });
  };
  const late = setTimeout(() => child.kill("SIGKILL"), MAX_START_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    const url = LISTENING.exec(line)?.[1];
    if (url === undefined) continue;
    clearTimeout(late);
    return { url, close };
  }
  clearTimeout(late);
  await close();
  throw new Error(`\`node ${REAL_SERVER.join(" ")}\` did not say where it listens`);
}

async function runAll(server: ServerKind): Promise<Run[]> {
  const { url, close } = server === "real" ? await startReal() : await serveLocally(createConformanceServers());
  try {
    const runs: Run[] = [];
    for (const revision of REVISIONS) {
      runs.push({ server, revision, required: await readRequired(revision), results: await runSuite(url, revision) });
    }
    return runs;
  } finally {
    await close();
  }
}

const asked = process.argv.slice(2);
const servers = (["fixture", "real"] as const).filter((server) => asked.length === 0 || asked.includes(server));
if (servers.length === 0) throw new Error("usage: tsx scripts/conformance.ts [fixture] [real]");

const runs: Run[] = [];
for (const server of servers) runs.push(...(await runAll(server)));

const counts = { passed: 0, failed: 0, "not asked": 0 };
let checks = 0;
for (const run of runs) {
  for (const { scenario, outcome, passed, problems } of judge(run, SCENARIOS, EXPECTED_FAILURES)) {
    counts[outcome] += 1;
    if (outcome !== "not asked") checks += passed;
    const note = outcome === "not asked" ? (SCENARIOS[scenario]?.why ?? "") : `${passed} checks`;
    console.log(`${run.revision} ${run.server.padEnd(7)} ${MARKS[outcome]} ${scenario}: ${note}`);
    for (const problem of problems) console.log(`    ${problem}`);
  }
}
const unrequired = findUnrequired(runs, SCENARIOS);
for (const scenario of unrequired) console.log(`✗ ${scenario}: is in the list, and the suite has it no more`);
console.log(
  `\nconformance: ${counts.passed} scenarios passed (${checks} checks), ${counts.failed} failed, ` +
    `${counts["not asked"]} not asked, ${EXPECTED_FAILURES.length} expected failures`,
);
if (counts.failed > 0 || unrequired.length > 0) process.exitCode = 1;
