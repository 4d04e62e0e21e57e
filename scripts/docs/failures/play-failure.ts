import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createOrganisation } from "../../../src/compose/organisation.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { AppError, describeFailure } from "../../../src/errors.ts";
import { createLog } from "../../../src/log.ts";
import { serveSandbox } from "../../../src/sandbox/http-face.ts";
import { createWorld } from "../../../src/sandbox/world.ts";
import { PRICES } from "../example-prices.ts";
import { DOCUMENTS_NOW, runCommand } from "../run-command.ts";
import type { Cause } from "./failure.ts";

const GET = ["get", "acme.example", "--limit", "100"];

/** Long enough for a call on the loopback address, short enough for a call that is to time out. */
const PATIENCE = { DOMAIN_PAGES_RETRY_MS: "0", DOMAIN_PAGES_TIMEOUT_MS: "2000" };

/**
 * Brings a failure about by running the command line, and tells what it printed.
 * @throws when nothing of the kind was printed: the cause does not bring this failure about any more
 */
export async function playFailure(cause: Cause): Promise<string> {
  const { argv = GET, before, isFree = false, lines } = cause;
  const home = await mkdtemp(path.join(tmpdir(), "failure-"));
  const gateway = isFree ? undefined : await openGateway(cause);
  const env = {
    DOMAIN_PAGES_STORE: "disk",
    DOMAIN_PAGES_CACHE_DIR: home,
    ...PATIENCE,
    // What was read differently or went wrong besides stands in the log, before the failure itself.
    ...(lines === undefined && { DOMAIN_PAGES_LOG_LEVEL: "error" }),
    ...(gateway !== undefined && { AISA_API_KEY: "sk-aisa-example", AISA_BASE_URL: `${gateway.origin}/apis/v1` }),
    ...cause.env,
  };
  try {
    if (cause.times !== undefined) return settle(await failAgainAndAgain(env, cause.times), home);
    if (before !== undefined) await runCommand(before, env);
    const { code, stdout, stderr } = await runCommand(argv, env, cause.nodeVersion);
    const printed = lines === undefined ? stderr : pickLines(stdout + stderr, lines);
    if (printed === "" || (lines === undefined && code === 0)) {
      throw new Error(`${JSON.stringify(cause)} does not fail any more: exit code ${code}, ${stdout.slice(0, 400)}`);
    }
    return settle(printed, home);
  } finally {
    await gateway?.close();
    await rm(home, { recursive: true, force: true });
  }
}

async function failAgainAndAgain(env: Readonly<Record<string, string>>, times: number): Promise<string> {
  const { config } = loadConfig(env);
  const log = createLog({ level: "silent", write: () => {}, secrets: [], now: Date.now });
  const organisation = createOrganisation({ config, log, now: Date.now });
  const { getPages } = organisation.appFor();
  let last: unknown;
  for (let count = 0; count < times; count++) {
    last = await getPages({ target: "acme.example" }, { signal: new AbortController().signal, surface: "cli" }).catch(
      (error: unknown) => error,
    );
  }
  await organisation.close();
  if (last instanceof AppError) return describeFailure(last);
  throw new Error(`the call succeeds after ${times} times`);
}

const openGateway = ({ fault }: Cause) =>
  serveSandbox({
    world: createWorld(),
    port: 0,
    prices: PRICES,
    now: () => DOCUMENTS_NOW,
    ...(fault !== undefined && { fault }),
  });

const pickLines = (text: string, wanted: RegExp): string =>
  text
    .split("\n")
    .filter((line) => wanted.test(line))
    .join("\n");

/** What differs from run to run, and the name in front that only the command line prints. */
const settle = (text: string, home: string): string =>
  text
    .trim()
    .replace(/^domain-pages-mcp: /, "")
    .replaceAll(home, "/home/you/.cache/domain-pages-mcp")
    .replace(/\(request id [^)]+\)/g, "(request id …)");
