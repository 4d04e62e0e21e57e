import { hasRedisServer, SKIPPED } from "../support/redis-server.ts";

/** Says once, for all files, when nothing is tested here; where `CI` is set, that is a failure. */
export function setup(): void {
  if (!hasRedisServer()) process.stderr.write(`${SKIPPED}\n`);
}
