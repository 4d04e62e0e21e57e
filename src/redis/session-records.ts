import { createHash } from "node:crypto";
import { z } from "zod";
import type { SessionRecords } from "../mcp/http/session-records.ts";
import type { RedisLink } from "./link.ts";
import type { OnRedisProblem } from "./problem.ts";

const RecordShape = z.object({ id: z.string(), owner: z.string(), initialize: z.unknown() });

const FACTS = { so: "so sessions cannot be looked up now" };

/** Sessions that any replica can go on with. One key each, which ends with the session's time. */
export function createRedisSessionRecords(link: RedisLink, onProblem: OnRedisProblem): SessionRecords {
  // Ids come from clients, of any length. A hash also keeps those who may list keys from using a session.
  const keyOf = (id: string) => link.key("session", createHash("sha256").update(id).digest("hex"));
  const toMs = (ttlMs: number) => Math.max(1, Math.floor(ttlMs));
  return {
    async put(record, ttlMs) {
      await link.run((redis) => redis.set(keyOf(record.id), JSON.stringify(record), "PX", toMs(ttlMs)), FACTS);
    },
    async use(id, ttlMs) {
      const text = await link.run((redis) => redis.getex(keyOf(id), "PX", toMs(ttlMs)), FACTS);
      if (text === null) return undefined;
      const { data } = RecordShape.safeParse(readJson(text));
      if (data?.id === id) return data;
      onProblem({ kind: "damaged", what: "session" });
      return undefined;
    },
    async delete(id) {
      await link.run((redis) => redis.del(keyOf(id)), FACTS);
    },
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
