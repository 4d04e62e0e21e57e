import { Pool } from "undici";
import { send, toRequest } from "./call.ts";
import { openInspector } from "./inspector.ts";
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

/** Heap in use without garbage, after each batch of calls. */
export async function benchMemory(): Promise<string[]> {
  const service = await startService({ DOMAIN_PAGES_STORE: "memory" }, ["--inspect=127.0.0.1:0"]);
  const inspector = await openInspector(service.inspector ?? "");
  const pool = new Pool(service.origin, { connections: AT_ONCE });
  try {
    for (const target of TARGETS) await send(pool, toRequest("get_domain_pages", { target, limit: 100 }));
    const heap: number[] = [];
    let next = 0;
    for (let batch = 1; batch <= BATCHES; batch++) {
      const end = (CALLS / BATCHES) * batch;
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (next < end) {
            const { status } = await send(pool, toCall(next++));
            if (status !== 200) throw new Error(`HTTP ${status}`);
          }
        }),
      );
      heap.push(await inspector.readHeap());
    }
    const uncounted = (CALLS / BATCHES) * WARM_UP;
    return [
      `${CALLS.toLocaleString("en")} calls; heap in use after the first ${uncounted.toLocaleString("en")}: ${describe(heap)}`,
    ];
  } finally {
    inspector.close();
    await Promise.all([pool.close(), service.stop()]);
  }
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
  return `${toMb(counted[0])} to ${toMb(counted.at(-1))} MB, slope ${perThousand.toFixed(2)} kB per 1,000 calls`;
}
