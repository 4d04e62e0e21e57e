import { Pool } from "undici";
import { serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { send, toRequest } from "./call.ts";
import { startService } from "./started.ts";

const CALLS = 200;

/** Many callers ask for the same at once, and nobody has it. */
export async function benchCold(): Promise<string[]> {
  const gateway = await serveSandbox({
    world: createWorld(),
    port: 0,
    prices: { perCallUsd: 0.02, perPageUsd: 0.00003 },
  });
  const service = await startService({
    AISA_API_KEY: "sk-aisa-bench",
    AISA_BASE_URL: `${gateway.origin}/apis/v1`,
    DOMAIN_PAGES_STORE: "memory",
  });
  const pool = new Pool(service.origin, { connections: CALLS });
  try {
    const request = { target: "acme.example", limit: 100 };
    const startedAt = performance.now();
    const replies = await Promise.all(
      Array.from({ length: CALLS }, () => send(pool, toRequest("get_domain_pages", request))),
    );
    const tookMs = performance.now() - startedAt;
    const answered = replies.filter(({ result }) => result !== undefined && result.isError !== true).length;
    const { billed } = gateway.books.read();
    return [
      `${CALLS} identical cold requests at once: ${answered} answered, ${billed.calls} purchase (bar 1), ${tookMs.toFixed(0)} ms`,
    ];
  } finally {
    await Promise.all([pool.close(), service.stop()]);
    await gateway.close();
  }
}
