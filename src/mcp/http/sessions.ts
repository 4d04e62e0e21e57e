import { randomUUID } from "node:crypto";
import {
  isJSONRPCNotification,
  isJSONRPCResponse,
  type JSONRPCMessage,
  type McpServer,
} from "@modelcontextprotocol/server";
import type { Log } from "../../log.ts";
import type { CallCount, Caller } from "./caller.ts";
import { LiveSession, type LiveSessions, type Room } from "./live-session.ts";
import type { SessionMail, SessionNews, SessionRecord, SessionRecords } from "./session-records.ts";

export interface SessionsDeps {
  createServer: (caller: Caller) => McpServer;
  records: SessionRecords;
  mail: SessionMail;
  live: LiveSessions;
  calls: CallCount;
  /** How long a session lives that nobody uses, ms. */
  sessionTtlMs: number;
  keepAliveMs: number;
  now: () => number;
  log: Log;
}

/** A live session that stays live until it is released. */
export interface Borrowed {
  session: LiveSession;
  release: () => void;
}

/** No room for another live session. */
export type NoRoom = Exclude<Room, "free">;

/** The sessions of the older era, on all replicas. Methods reject as {@link SessionRecords} does. */
export interface Sessions {
  /** Makes a session live, for a client that is about to initialize it. */
  open(caller: Caller): Promise<Borrowed | NoRoom>;
  /** Lets an initialized session be used, here and on every replica. */
  record(session: LiveSession, initialize: unknown): Promise<void>;
  /** Takes back one that was opened and not recorded. */
  discard(session: LiveSession): Promise<void>;
  /** @returns undefined when there is none of this id for this caller; a record when it is not live here */
  find(id: string, caller: Caller): Promise<Borrowed | SessionRecord | undefined>;
  /** @returns undefined when the record is of no use any more */
  revive(record: SessionRecord, caller: Caller): Promise<Borrowed | NoRoom | undefined>;
  /** Passes on what may be for another replica's instance. */
  tell(id: string, messages: readonly JSONRPCMessage[]): Promise<void>;
  /** Ends it for good, everywhere. */
  end(id: string): Promise<void>;
  /** To be called now and then: closes idle ones and keeps alive what is in use without requests coming in. */
  tend(): Promise<void>;
  close(): Promise<void>;
}

/** How often a record is told, at most, that its session is in use: what a lost mail left live here ends by then too. */
const MAX_UNRECORDED_MS = 60_000;

/** Enough of an id to find its lines in the log, too little to use it. */
const LOGGED_ID_CHARS = 8;

export function createSessions(deps: SessionsDeps): Sessions {
  const { records, mail, live, calls, sessionTtlMs, keepAliveMs, now, log } = deps;
  const recordEveryMs = Math.min(MAX_UNRECORDED_MS, sessionTtlMs / 4);

  const start = (id: string, caller: Caller) =>
    LiveSession.open({ id, owner: caller.owner, server: deps.createServer(caller), calls, keepAliveMs, now });

  /** @returns false when the session has ended elsewhere */
  async function touch(session: LiveSession): Promise<boolean> {
    if (now() - session.recordUsedAt < recordEveryMs) return true;
    const before = session.recordUsedAt;
    session.recordUsedAt = now();
    try {
      if ((await records.use(session.id, sessionTtlMs)) !== undefined) return true;
    } catch (error) {
      // It is live here and can go on while the records cannot be reached.
      session.recordUsedAt = before;
      log.warn("session.unrecorded", { reason: error instanceof Error ? error.message : String(error) });
      return true;
    }
    await live.close(session.id);
    return false;
  }

  async function startFrom({ id, initialize }: SessionRecord, caller: Caller): Promise<LiveSession | undefined> {
    const session = await start(id, caller);
    if (await session.replay(initialize)) {
      log.debug("session.revived", { session: id.slice(0, LOGGED_ID_CHARS), owner: caller.owner });
      return session;
    }
    // Recorded by a release that knew other protocol versions: the client has to begin again.
    log.warn("session.lost", { session: id.slice(0, LOGGED_ID_CHARS), owner: caller.owner });
    await session.close();
    await records.delete(id);
    return undefined;
  }

  function takeNews(id: string, news: SessionNews): void {
    if (news.kind === "ended") void live.close(id);
    else if (isJSONRPCNotification(news.message) || isJSONRPCResponse(news.message)) live.get(id)?.inject(news.message);
  }

  const stopListening = mail.listen(takeNews);

  return {
    async open(caller) {
      const room = live.makeRoom(caller.owner);
      if (room !== "free") return room;
      const id = randomUUID();
      let release: (() => void) | undefined;
      const session = await live.add(id, caller.owner, async () => {
        const started = await start(id, caller);
        release = started.hold();
        return started;
      });
      if (session === undefined || release === undefined) throw new Error("a session with a new id was there already");
      return { session, release };
    },
    async record({ id, owner }, initialize) {
      await records.put({ id, owner, initialize }, sessionTtlMs);
      log.debug("session.opened", { session: id.slice(0, LOGGED_ID_CHARS), owner });
    },
    discard: ({ id }) => live.close(id),
    async find(id, caller) {
      const session = live.get(id);
      if (session === undefined) {
        const record = await records.use(id, sessionTtlMs);
        return record?.owner === caller.owner ? record : undefined;
      }
      if (session.owner !== caller.owner) return undefined;
      const release = session.hold();
      if (await touch(session)) return { session, release };
      release();
      return undefined;
    },
    async revive(record, caller) {
      // Asked for twice at once it takes the room of one; then there is none to be made.
      const room = live.has(record.id) ? "free" : live.makeRoom(caller.owner);
      if (room !== "free") return room;
      // Held from the start: it must not be the one that makes room for the next.
      let release: (() => void) | undefined;
      const session = await live.add(record.id, caller.owner, async () => {
        const started = await startFrom(record, caller);
        release = started?.hold();
        return started;
      });
      return session && { session, release: release ?? session.hold() };
    },
    async tell(id, messages) {
      const session = live.get(id);
      const abroad = messages.filter((message) => mayConcernOthers(message) && session?.isFor(message) !== true);
      await Promise.all(abroad.map((message) => mail.send(id, { kind: "message", message })));
    },
    async end(id) {
      await records.delete(id);
      await Promise.all([mail.send(id, { kind: "ended" }), live.close(id)]);
      log.debug("session.ended", { session: id.slice(0, LOGGED_ID_CHARS) });
    },
    async tend() {
      live.closeIdle();
      await Promise.all(live.all().map((session) => (session.isIdle ? undefined : touch(session))));
    },
    async close() {
      stopListening();
      await live.closeAll();
    },
  };
}

/** Each replica replays the end of the handshake for itself, and asks its own questions. */
function mayConcernOthers(message: JSONRPCMessage): boolean {
  if (isJSONRPCNotification(message)) return message.method !== "notifications/initialized";
  return isJSONRPCResponse(message);
}
