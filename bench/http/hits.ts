import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "rolldown";
import { Pool } from "undici";
import { BUNDLE } from "../../scripts/build.mjs";
import { median, spread } from "../stats.ts";
import { send, toRequest } from "./call.ts";
import { loadFor, percentile } from "./load.ts";
import { startProgram, startService } from "./started.ts";

const ROUNDS = 12;
const ROUND_MS = 1000;
const AT_ONCE = 16;
const BAR = 0.9;

const ARGS = { target: "acme.example", limit: 100 };

/** The same answer from a kept snapshot and from a bare tool on the same SDK handler, in turn. */
export async function benchHits(): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "bench-http-"));
  const ours = await startService({ DOMAIN_PAGES_STORE: "memory" });
  const toOurs = new Pool(ours.origin, { connections: AT_ONCE });
  try {
    const createRequest = () => toRequest("get_domain_pages", ARGS);
    await send(toOurs, createRequest());
    const { result } = await send(toOurs, createRequest());
    if (!result?.content?.[0]?.text?.includes("kept")) throw new Error("the second call is no hit");
    await writeFile(path.join(folder, "answer.json"), JSON.stringify(result));
    await build({
      ...BUNDLE,
      input: { main: "bench/http/bare-server.ts" },
      output: { ...BUNDLE.output, dir: folder, entryFileNames: "[name].mjs" },
    });
    const bare = await startProgram([path.join(folder, "main.mjs"), path.join(folder, "answer.json")]);
    const toBare = new Pool(bare.origin, { connections: AT_ONCE });
    const rounds = { ours: [] as number[], bare: [] as number[] };
    const latencies = { ours: [] as number[], bare: [] as number[] };
    // The first round warms up and is not counted.
    for (let round = -1; round < ROUNDS; round++) {
      for (const [name, pool] of round % 2 === 0 ? SIDES(toOurs, toBare) : SIDES(toOurs, toBare).reverse()) {
        const load = await loadFor(pool, createRequest, { atOnce: AT_ONCE, forMs: ROUND_MS });
        if (round < 0) continue;
        rounds[name].push(load.perSecond);
        latencies[name].push(...load.latencies);
      }
    }
    await Promise.all([toBare.close(), bare.stop()]);
    const ratios = rounds.ours.map((each, index) => each / (rounds.bare[index] ?? Number.NaN));
    return [
      `calls per second, ${AT_ONCE} at once: ours ${spread(rounds.ours, 0)}, bare tool ${spread(rounds.bare, 0)}`,
      `ours p50 ${percentile(latencies.ours, 0.5).toFixed(1)} ms, p99 ${percentile(latencies.ours, 0.99).toFixed(1)} ms; bare p50 ${percentile(latencies.bare, 0.5).toFixed(1)} ms, p99 ${percentile(latencies.bare, 0.99).toFixed(1)} ms`,
      `ratio, median of ${ROUNDS} pairs: ${median(ratios).toFixed(3)} (bar ${BAR.toFixed(2)})`,
    ];
  } finally {
    await Promise.all([toOurs.close(), ours.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

const SIDES = (ours: Pool, bare: Pool): ["ours" | "bare", Pool][] => [
  ["ours", ours],
  ["bare", bare],
];
