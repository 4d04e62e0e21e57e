import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { SessionMail, SessionNews, SessionRecords } from "../mcp/http/session-records.ts";
import { type OnRedisProblem, toFailureCode } from "./failures.ts";
import type { RedisLink } from "./link.ts";

/** Above the largest body that a client may send by default, 1 MB. */
const MAX_MAIL_CHARS = 4 * 1024 * 1024;

const News = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("message"), message: z.unknown() }),
  z.object({ kind: z.literal("ended") }),
]);

/** The replica that sent it, the session, the news. */
const Mail = z.tuple([z.string(), z.string().max(1000), News]);

/**
 * News between replicas, by one channel that all listen to: there is little of it, and who has which session nobody
 * knows. What is sent while a replica has no connection, that replica never hears.
 */
export function createRedisSessionMail(link: RedisLink, onProblem: OnRedisProblem): SessionMail {
  const self = randomBytes(12).toString("base64url");
  const channel = link.key("mail");
  const listeners = new Set<(sessionId: string, news: SessionNews) => void>();
  let isListening = false;

  const receive = (text: string) => {
    const { data } = Mail.safeParse(text.length > MAX_MAIL_CHARS ? undefined : readJson(text));
    if (data === undefined) {
      onProblem({ kind: "damaged", what: "mail" });
      return;
    }
    const [sender, sessionId, news] = data;
    if (sender !== self) for (const listener of listeners) listener(sessionId, news);
  };

  const startListening = () => {
    isListening = true;
    const subscriber = link.openAnother();
    subscriber.on("ready", () => {
      // Lost again before that was done: the next connection subscribes.
      subscriber.subscribe(channel).catch(() => {});
    });
    subscriber.on("message", (_channel: string, text: string) => receive(text));
    subscriber.connect().catch(() => {});
  };

  return {
    async send(sessionId, news) {
      try {
        const text = JSON.stringify([self, sessionId, news]);
        if (text.length > MAX_MAIL_CHARS) throw Object.assign(new Error("too large"), { code: "too_large" });
        await link.run((redis) => redis.publish(channel, text));
      } catch (error) {
        onProblem({ kind: "mail_lost", code: toFailureCode(error) });
      }
    },
    listen(onNews) {
      // Of its own, so that one function that listens twice is two listeners.
      const listener = (...mail: Parameters<typeof onNews>) => onNews(...mail);
      listeners.add(listener);
      if (!isListening) startListening();
      return () => listeners.delete(listener);
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
      const { data } = RecordShape.safeParse(readJsonSessionRecords(text));
      if (data?.id === id) return data;
      onProblem({ kind: "damaged", what: "session" });
      return undefined;
    },
    async delete(id) {
      await link.run((redis) => redis.del(keyOf(id)), FACTS);
    },
  };
}

function readJsonSessionRecords(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Bytes that are the same on all replicas, made by the first that asks. Asked for each time: a Redis that came back empty
 * has another, and all replicas find that one.
 * @throws {AppError} `unavailable`
 */
export async function getSharedSecret(link: RedisLink, name: string, make: () => Uint8Array): Promise<Uint8Array> {
  const key = link.key("secret", name);
  const fresh = Buffer.from(make()).toString("base64");
  // Sent together: the second tells whose came first.
  const [, kept] = await link.run((redis) => Promise.all([redis.set(key, fresh, "NX"), redis.get(key)]));
  return new Uint8Array(Buffer.from(kept ?? fresh, "base64"));
}
