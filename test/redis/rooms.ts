import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import type { RedisProblem } from "../../src/redis/failures.ts";
import { createRedisRoom, type RedisRoom } from "../../src/redis/redis-room.ts";
import { createMemoryStores } from "../../src/store/memory-store.ts";
import { hasRedisServer, type RedisServer, startRedisServer } from "../support/redis-server.ts";

/** A room as a replica has it, and what it has reported. */
export interface Replica extends RedisRoom {
  problems: RedisProblem[];
}

export interface Harness {
  server: () => RedisServer;
  /** A replica of its own; closed after the test. */
  open: (facts?: { port?: number; maxAgeMs?: number; now?: () => number }) => Replica;
  /** Looks into Redis past our own code. */
  look: () => Redis;
}

export const PREFIX = "test:";

/** Tests with a server of their own, whose data goes after each; skipped where there is none. */
export function describeRedis(name: string, tests: (harness: Harness) => void): void {
  describe.skipIf(!hasRedisServer())(name, () => {
    let server: RedisServer;
    let eye: Redis;
    const replicas: Replica[] = [];

    beforeAll(async () => {
      server = await startRedisServer();
      eye = new Redis(server.port, "127.0.0.1", { maxRetriesPerRequest: null });
      eye.on("error", () => {});
    });
    afterEach(async () => {
      server.thaw();
      await server.start();
      await Promise.all(replicas.splice(0).map((replica) => replica.close()));
      await eye.flushall();
    });
    afterAll(async () => {
      eye.disconnect();
      await server.close();
    });
    tests({
      server: () => server,
      look: () => eye,
      open: ({ port = server.port, maxAgeMs = 86_400_000, now = Date.now } = {}) => {
        const replica = openReplica(port, maxAgeMs, now);
        replicas.push(replica);
        return replica;
      },
    });
  });
}

function openReplica(port: number, maxAgeMs: number, now: () => number): Replica {
  const problems: RedisProblem[] = [];
  const room = createRedisRoom({
    url: `redis://127.0.0.1:${port}`,
    prefix: PREFIX,
    memory: createMemoryStores(),
    maxAgeMs,
    now,
    onProblem: (problem) => problems.push(problem),
  });
  return { ...room, problems };
}
