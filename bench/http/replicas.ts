import { findImbalance, loadMixed } from "../../test/support/mixed-load.ts";
import { hasRedisServer, SKIPPED } from "../../test/support/redis-server.ts";
import { startTwoReplicas } from "../../test/support/two-replicas.ts";

const CALLS = 1000;

/** Two services that share a real Redis, under a mixed load; then the gateway's books are held against ours. */
export async function benchReplicas(): Promise<string[]> {
  if (!hasRedisServer()) return [SKIPPED];
  const env = { DOMAIN_PAGES_DAILY_BUDGET_USD: "1000", DOMAIN_PAGES_CALLS_PER_MINUTE: "10000" };
  const shop = await startTwoReplicas({ env });
  try {
    const { answered, refusedByBudget, failures, tookMs } = await loadMixed(shop, CALLS);
    const { billed } = shop.gateway.books.read();
    return [
      `${CALLS} mixed calls at once on two replicas: ${answered} answered, ${refusedByBudget} refused for want of budget, ${failures.length} failed, ${tookMs.toFixed(0)} ms`,
      ...[...new Set(failures)].slice(0, 5),
      `${billed.calls} purchases, $${(billed.micros / 1_000_000).toFixed(5)}; books: ${(await findImbalance(shop)) ?? "they balance"}`,
    ];
  } finally {
    await shop.close();
  }
}
