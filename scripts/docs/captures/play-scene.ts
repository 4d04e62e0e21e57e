import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serveSandbox } from "../../../src/sandbox/http-face.ts";
import { createWorld } from "../../../src/sandbox/world.ts";
import { PRICES } from "../example-prices.ts";
import { DOCUMENTS_NOW } from "../run-command.ts";
import type { Scene } from "./scenes.ts";

const BUILT = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
const FIXED = new URL("fixed-process.mjs", import.meta.url).href;

/** Columns of the terminal. */
export const WIDTH = 120;

const KEY = "sk-aisa-0123456789abcdef";

/** Where `domain-pages-mcp sandbox` listens; here it takes any free port, so as not to be in somebody's way. */
const USUAL_ORIGIN = "http://127.0.0.1:8787";

/** A typed command and the lines that came of it. */
export interface Played {
  typed: string;
  output: readonly string[];
  /** Lines that are not shown. */
  linesLeftOut: number;
}

/** Plays a scene with the built program, in a home of its own that is gone afterwards. */
export async function playScene({ before = [], commands, isPaid = false }: Scene): Promise<Played[]> {
  const home = await mkdtemp(path.join(tmpdir(), "capture-"));
  const gateway = isPaid
    ? await serveSandbox({ world: createWorld(), port: 0, prices: PRICES, now: () => DOCUMENTS_NOW })
    : undefined;
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    // The platform's own folders have another name on each.
    DOMAIN_PAGES_CACHE_DIR: path.join(home, "domain-pages"),
    CAPTURE_NOW: String(DOCUMENTS_NOW),
    CAPTURE_COLUMNS: String(WIDTH),
    ...(gateway !== undefined && { AISA_API_KEY: KEY, AISA_BASE_URL: `${gateway.origin}/apis/v1` }),
  };
  const play = async (command: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", FIXED, BUILT, ...command], { env });
    return stdout.replaceAll(home, "~").replaceAll(gateway?.origin ?? USUAL_ORIGIN, USUAL_ORIGIN);
  };
  try {
    for (const command of before) await play(command);
    const played: Played[] = [];
    for (const { argv, lines } of commands) {
      const all = (await play(argv)).trimEnd().split("\n");
      const output = all.slice(0, lines);
      played.push({ typed: toShell(argv), output, linesLeftOut: all.length - output.length });
    }
    return played;
  } finally {
    await gateway?.close();
    await rm(home, { recursive: true, force: true });
  }
}

const toShell = (command: readonly string[]): string =>
  ["domain-pages-mcp", ...command.map((word) => (/^[\w.:/-]+$/.test(word) ? word : `'${word}'`))].join(" ");
