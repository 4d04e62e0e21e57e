import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { build } from "rolldown";
import { BUNDLE } from "../scripts/build.mjs";
import { median, spread } from "./stats.ts";

const ROUNDS = 15;
const BAR = 1.1;

const INITIALIZE = `${JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "0" } },
})}\n`;

/** Spawn → `initialize` answered, ours against a bare one-tool server of the same SDK bundled alike, in turn. */
export async function benchStartup(): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "bare-server-"));
  try {
    await build({
      ...BUNDLE,
      input: { main: "bench/bare-server.ts" },
      output: { ...BUNDLE.output, dir: folder, entryFileNames: "[name].mjs" },
    });
    const bareFile = path.join(folder, "main.mjs");
    const ours: number[] = [];
    const bare: number[] = [];
    // Not counted: the first reads come from the disk.
    await timeStart("dist/main.js");
    await timeStart(bareFile);
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await timeStart(bareFile));
      ours.push(await timeStart("dist/main.js"));
    }
    const ratios = ours.map((each, round) => each / (bare[round] ?? Number.NaN));
    return [
      `spawn to initialize, ms: ours ${spread(ours)}, bare server ${spread(bare)}`,
      `ratio, median of ${ROUNDS} pairs: ${median(ratios).toFixed(3)} (bar ${BAR.toFixed(2)})`,
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function timeStart(file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [file], { stdio: ["pipe", "pipe", "ignore"] });
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`${file} ended with ${code} before it answered`)));
    child.stdout.once("data", () => {
      const took = performance.now() - startedAt;
      child.removeAllListeners("close").once("close", () => resolve(took));
      child.stdin.end();
    });
    child.stdin.write(INITIALIZE);
  });
}
