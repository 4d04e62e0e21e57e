// Real clients against the built server: `npm run test:clients [-- client …] [--update]`. Each client lives in a folder of
// its own here, is installed from its own lock file, and follows one script over stdio and over HTTP; what its model (or
// its caller) was shown is held against what the server really sent, and against the reviewed table in seen.md, which
// `--update` writes anew. Exits non-zero when a step fails or the table differs.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeTempFolder } from "../support/temp-home.ts";
import { CLIENTS, type ClientUnderTest } from "./clients.ts";
import { installLocked, installPacked } from "./support/install.ts";
import { judge, type Verdict } from "./support/judge.ts";
import { openServer } from "./support/open-server.ts";
import { readSent } from "./support/passed.ts";
import { findNode, type Run, runProgram } from "./support/run-driver.ts";
import { LAST_WORDS, QUESTION } from "./support/script.ts";
import { renderRows, renderSeen, type SeenConversation } from "./support/seen-table.ts";
import { type StandIn, startStandIn } from "./support/stand-in.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = path.join(HERE, "../..");
const TABLE = path.join(HERE, "seen.md");
const MAX_CLIENT_MS = 60_000;

/** Clients get invented keys, and a proxy that is not there for whatever lies outside this machine. */
const CLIENT_ENV = {
  PATH: process.env["PATH"] ?? "",
  OPENAI_API_KEY: "sk-invented",
  ANTHROPIC_API_KEY: "sk-ant-invented",
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost",
  OPENAI_AGENTS_DISABLE_TRACING: "1",
  MASTRA_TELEMETRY_DISABLED: "1",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
};

/** One line of the run: a conversation, or a program of the README. */
interface Checked {
  label: string;
  problems: string[];
  note: string;
  seen?: SeenConversation;
}

async function runClient(client: ClientUnderTest, standIn: StandIn): Promise<Checked[]> {
  const folder = path.join(HERE, client.name);
  await installLocked(folder);
  const node = await findNode(client.oldestNode);
  const wanted = client.variants.flatMap((variant) => variant.transports.map((transport) => ({ variant, transport })));
  const open = await Promise.all(
    wanted.map(async ({ variant, transport }, at) => {
      const name = `${client.name}-${at}`;
      return { name, variant, transport, model: standIn.open(name), ...(await openServer(transport)) };
    }),
  );
  try {
    const sessions = open.map(({ name, variant, server, model }) => {
      return { name, variant: variant.name, server, modelUrl: model.url, question: QUESTION };
    });
    const run = await runProgram(path.join(folder, "driver.mjs"), {
      node,
      cwd: makeTempFolder(),
      env: { ...CLIENT_ENV, HOME: makeTempFolder(), SESSIONS: JSON.stringify(sessions) },
      maxMs: MAX_CLIENT_MS,
    });
    return await Promise.all(
      open.map(async ({ name, variant, transport, model, passed }) => {
        const told = run.told.find((each) => each.name === name);
        const { seen, problems } = judge(model.recorded(), readSent(passed()), told?.said);
        const note = told?.note ?? "";
        return {
          label: [client.name, variant.name, transport].filter(Boolean).join(", "),
          problems: [...(told?.failure === undefined ? [] : [told.failure]), ...withRun(problems, run)],
          note: `${seen.toolCount} tools in ${seen.toolTokens} tokens, the answer as ${seen.answer.form} in ${seen.answer.tokens}`,
          seen: { client, variant, transport, version: await readVersion(folder, client), seen, note },
        };
      }),
    );
  } finally {
    await Promise.all(open.map(({ close }) => close()));
  }
}

/** A program that ended badly fails each of its conversations. */
const withRun = (problems: Verdict["problems"], { failure }: Run): string[] =>
  failure === "" ? problems : [...problems, failure];

async function readVersion(folder: string, { package: name }: ClientUnderTest): Promise<string> {
  if (name === undefined) return "";
  const lock = JSON.parse(await readFile(path.join(folder, "package-lock.json"), "utf8"));
  return lock.packages[`node_modules/${name}`].version;
}

/** Runs a client's program of the README as it stands there, where `npx` finds this checkout's packed package. */
async function runExample(client: ClientUnderTest, standIn: StandIn, cwd: string): Promise<Checked> {
  const model = standIn.open(`${client.name}-readme`);
  const { stdout, failure } = await runProgram(path.join(HERE, client.name, EXAMPLE), {
    node: await findNode(client.oldestNode),
    cwd,
    env: { ...CLIENT_ENV, HOME: makeTempFolder(), OPENAI_BASE_URL: `${model.url}/v1` },
    maxMs: MAX_CLIENT_MS,
  });
  const { results, problems: met } = model.recorded();
  const problems = [...met, ...(failure === "" ? [] : [failure])];
  if (stdout.trim() !== LAST_WORDS) problems.push(`it printed: ${stdout}`);
  if (!results[0]?.join("\n").includes("SANDBOX: ")) problems.push("the model was not shown the server's answer");
  return { label: `${client.name}, example of the README`, problems, note: "prints the model's answer" };
}

const EXAMPLE = "readme-example.mjs";

const { values, positionals } = parseArgs({ options: { update: { type: "boolean" } }, allowPositionals: true });
const unknown = positionals.filter((name) => !CLIENTS.some((client) => client.name === name));
if (unknown.length > 0) throw new Error(`no such client: ${unknown.join(", ")}; there are ${CLIENTS.map((c) => c.name).join(", ")}`);
const chosen = CLIENTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const counts = { passed: 0, failed: 0 };
const conversations: SeenConversation[] = [];
const report = (checked: readonly Checked[]) => {
  for (const { label, problems, note, seen } of checked) {
    counts[problems.length === 0 ? "passed" : "failed"] += 1;
    console.log(problems.length === 0 ? `✓ ${label}: ${note}` : `✗ ${label}`);
    for (const problem of problems) console.log(`    ${problem.replaceAll("\n", "\n    ")}`);
    if (seen !== undefined) conversations.push(seen);
  }
};

const standIn = await startStandIn();
const packed = makeTempFolder();
const withExample = chosen.filter(({ name }) => existsSync(path.join(HERE, name, EXAMPLE)));
if (withExample.length > 0) await installPacked(ROOT, packed);
for (const client of chosen) {
  const startedAt = performance.now();
  report(await runClient(client, standIn));
  if (withExample.includes(client)) report([await runExample(client, standIn, packed)]);
  console.log(`  ${client.name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
await standIn.close();

if (values.update && counts.failed === 0 && chosen.length === CLIENTS.length) {
  await writeFile(TABLE, renderSeen(conversations));
  console.log("seen.md is written");
}
const reviewed = (await readFile(TABLE, "utf8").catch(() => "")).split("\n");
const strange = renderRows(conversations).filter((row) => !reviewed.includes(row));
report([{ label: "seen.md", problems: strange.map((row) => `not in the reviewed table: ${row}`), note: "is as reviewed" }]);
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
if (counts.failed > 0) process.exitCode = 1;
