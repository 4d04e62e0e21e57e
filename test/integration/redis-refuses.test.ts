import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRedisRoom, type RedisRoom } from "../../src/redis/redis-room.ts";
import { createMemoryStores } from "../../src/store/memory-store.ts";
import { makeSnapshot } from "../unit/store/make-snapshot.ts";

/** Something that speaks as Redis does, as far as it is asked here: it keeps nothing, and says what the test wants it to. */
interface SpokenRedis {
  url: string;
  /** What it answers to a write. */
  toWrite: string;
  server: Server;
  sockets: Set<Socket>;
}

const INFO = "redis_version:7.2.0\r\nloading:0\r\n";
const WRITES = new Set(["SET", "EVAL", "EVALSHA"]);

function answer(command: string, redis: SpokenRedis): string {
  if (command === "INFO") return `$${INFO.length}\r\n${INFO}\r\n`;
  if (command === "PING") return "+PONG\r\n";
  return WRITES.has(command) ? redis.toWrite : "+OK\r\n";
}

async function speakRedis(): Promise<SpokenRedis> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      // A command is an array of strings: `*2\r\n$3\r\nGET\r\n…`.
      for (let found = /^\*(\d+)\r\n/.exec(text); found !== null; found = /^\*(\d+)\r\n/.exec(text)) {
        const words: string[] = [];
        let at = found[0].length;
        while (words.length < Number(found[1])) {
          const length = /^\$(\d+)\r\n/.exec(text.slice(at));
          const start = at + (length?.[0].length ?? 0);
          const end = start + Number(length?.[1]);
          if (length === null || text.length < end + 2) return;
          words.push(text.slice(start, end));
          at = end + 2;
        }
        text = text.slice(at);
        socket.write(answer(words[0]?.toUpperCase() ?? "", redis));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as { port: number };
  const redis = { url: `redis://127.0.0.1:${address.port}`, toWrite: "+OK\r\n", server, sockets };
  return redis;
}

let redis: SpokenRedis;
let room: RedisRoom;

beforeEach(async () => {
  redis = await speakRedis();
  room = createRedisRoom({
    url: redis.url,
    prefix: "test:",
    memory: createMemoryStores(),
    maxAgeMs: 1e9,
    now: Date.now,
    onProblem: () => {},
  });
});
afterEach(async () => {
  await room.close();
  for (const socket of redis.sockets) socket.destroy();
  redis.server.close();
});

const becomes = async (isReady: boolean) => {
  while (room.isReady() !== isReady) {
    await room.probe();
    await nextTurn();
  }
};

// A write is tried once a second at most.
const PATIENT = { timeout: 30_000 };

describe("a Redis that is there", () => {
  it.each(["OOM command not allowed", "READONLY You can't write", "MISCONF Errors writing", "NOREPLICAS Not enough"])(
    "is not ready while it says %s, and is when it takes writes again",
    PATIENT,
    async (words) => {
      await becomes(true);
      redis.toWrite = `-${words}\r\n`;
      await becomes(false);
      redis.toWrite = "+OK\r\n";
      await becomes(true);
    },
  );
});

describe("what is in memory", () => {
  it("can be asked for by its target while Redis is gone; what is not is refused", PATIENT, async () => {
    await becomes(true);
    const store = room.snapshots("ours");
    const snapshot = makeSnapshot({ items: [{ page: "https://acme.example/" }] });
    await store.put(snapshot);
    redis.server.close();
    for (const socket of redis.sockets) socket.destroy();
    expect((await store.list(snapshot.request.target)).map(({ id }) => id)).toEqual([snapshot.id]);
    expect(await store.get(snapshot.id)).toBe(snapshot);
    await expect(store.list("other.example")).rejects.toMatchObject({ kind: "unavailable" });
    await expect(store.list()).rejects.toMatchObject({ kind: "unavailable" });
  });
});
