// Real clients against the built server: `npm run test:clients [-- client …]`. Each client lives in a folder of its own
// here, is installed from its own lock file, and follows one script over stdio and over HTTP; what its model (or its
// caller) was shown is held against what the server really sent, and against the reviewed table in seen.md, which
// `-- --update` writes anew. Exits non-zero when a step fails or the table differs.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import PQueue from "p-queue";
import { makeTempFolder } from "../support/temp-home.ts";
import { CLIENTS, type ClientUnderTest } from "./clients.ts";
import { type Checked, checkClient, checkExample, hasExample } from "./support/check-client.ts";
import { installPacked } from "./support/install.ts";
import { renderRows, renderSeen, type SeenConversation } from "./support/seen-table.ts";
import { startStandIn } from "./support/stand-in.ts";

const TABLE = fileURLToPath(new URL("seen.md", import.meta.url));

/** One for each core of a small machine; much of a first run is waiting for the registry. */
const CLIENTS_AT_ONCE = 2;

const { values, positionals } = parseArgs({ options: { update: { type: "boolean" } }, allowPositionals: true });
const names = CLIENTS.map(({ name }) => name);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`no such client: ${unknown.join(", ")}; there are ${names.join(", ")}`);
if (values.update && positionals.length > 0) throw new Error("--update writes the whole table: leave the names out");
const chosen = CLIENTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const counts = { passed: 0, failed: 0 };
const conversations: SeenConversation[] = [];

function report({ label, problems, note, seen }: Checked): void {
  counts[problems.length === 0 ? "passed" : "failed"] += 1;
  console.log(problems.length === 0 ? `✓ ${label}: ${note}` : `✗ ${label}`);
  for (const problem of problems) console.log(`    ${problem.replaceAll("\n", "\n    ")}`);
  if (seen !== undefined) conversations.push(seen);
}

/** All that is asked of one client; what goes wrong around it, such as an installation, is a failure of it alone. */
async function check(client: ClientUnderTest): Promise<Checked[]> {
  try {
    const checked = await checkClient(client, standIn);
    return hasExample(client) ? [...checked, await checkExample(client, standIn, packed)] : checked;
  } catch (error) {
    return [{ label: client.name, problems: [error instanceof Error ? `${error.stack}` : String(error)], note: "" }];
  }
}

/** @returns rows that were seen and not reviewed; of a whole run, rows that were reviewed and not seen too */
async function findDifferences(): Promise<string[]> {
  const table = await readFile(TABLE, "utf8").catch(() => "");
  const reviewed = table.split("\n");
  const isWhole = chosen.length === CLIENTS.length;
  const seen = isWhole ? renderSeen(conversations).split("\n") : renderRows(conversations);
  const gone = isWhole ? reviewed.filter((line) => !seen.includes(line)).map((line) => `gone: ${line}`) : [];
  return [...seen.filter((line) => !reviewed.includes(line)).map((line) => `new: ${line}`), ...gone];
}

const standIn = await startStandIn();
const packed = chosen.some(hasExample) ? await installPacked() : makeTempFolder();
const queue = new PQueue({ concurrency: CLIENTS_AT_ONCE });
const runs = chosen.map((client) => queue.add(() => check(client)));
// Told in the order of the list, whichever is done first.
for (const run of runs) for (const checked of await run) report(checked);
await standIn.close();

if (values.update && counts.failed === 0) await writeFile(TABLE, renderSeen(conversations));
report({ label: "seen.md", problems: await findDifferences(), note: "what was seen is what was reviewed" });
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
if (counts.failed > 0) process.exitCode = 1;
