import { Pool } from "undici";
import { send, toRequest } from "./call.ts";
import { startService } from "./started.ts";

const CALLS = 50_000;
const BATCHES = 50;
/** Compilers and caches are still filling up. */
const WARM_UP = 10;
const AT_ONCE = 16;

const TARGETS = ["acme.example", "example.com", "example.org"];

/** Which call is the n-th: hits, free questions, an estimate, a refusal. */
function toCall(n: number) {
  const target = TARGETS[n % TARGETS.length];
  switch (n % 5) {
    case 0:
      return toRequest("query_domain_pages", { target, status: "broken" });
    case 1:
      return toRequest("query_domain_pages", { target, group_by: "section" });
    case 2:
      return toRequest("get_domain_pages", { target, limti: 1 });
    default:
      return toRequest("get_domain_pages", { target, limit: 100 });
  }
}

/** Heap in use and resident size, after each batch of calls. */
export async function benchMemory(): Promise<string[]> {
  const service = await startService({ DOMAIN_PAGES_STORE: "memory" });
  const pool = new Pool(service.origin, { connections: AT_ONCE });
  try {
    for (const target of TARGETS) await send(pool, toRequest("get_domain_pages", { target, limit: 100 }));
    const heap: number[] = [];
    const resident: number[] = [];
    let next = 0;
    for (let batch = 1; batch <= BATCHES; batch++) {
      const end = (CALLS / BATCHES) * batch;
      let lowest = Number.POSITIVE_INFINITY;
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (next < end) {
            const n = next++;
            const { status } = await send(pool, toCall(n));
            if (status !== 200) throw new Error(`HTTP ${status}`);
            // What is in use right after a collection is the lowest of a batch.
            if (n % 100 === 0) lowest = Math.min(lowest, (await readGauges(pool)).heap);
          }
        }),
      );
      heap.push(lowest);
      resident.push((await readGauges(pool)).resident);
    }
    return [
      `${CALLS.toLocaleString("en")} calls, after the first ${((CALLS / BATCHES) * WARM_UP).toLocaleString("en")}: heap ${describe(heap)}; resident ${describe(resident)}`,
    ];
  } finally {
    await Promise.all([pool.close(), service.stop()]);
  }
}

async function readGauges(pool: Pool): Promise<{ heap: number; resident: number }> {
  const text = await (await pool.request({ method: "GET", path: "/metrics" })).body.text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  return { heap: read("nodejs_heap_size_used_bytes"), resident: read("process_resident_memory_bytes") };
}

/** Beginning and end of what is counted, and the slope of the line through it. */
function describe(bytesByBatch: readonly number[]): string {
  const counted = bytesByBatch.slice(WARM_UP);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(counted.map((_, x) => x)), mean(counted)];
  const slope =
    counted.reduce((sum, y, x) => sum + (x - meanX) * (y - meanY), 0) /
    counted.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
  const perThousand = slope / (CALLS / BATCHES / 1000) / 1024;
  const toMb = (bytes: number | undefined) => ((bytes ?? Number.NaN) / 1024 / 1024).toFixed(1);
  return `${toMb(counted[0])} to ${toMb(counted.at(-1))} MB, slope ${perThousand.toFixed(1)} kB per 1,000 calls`;
}
