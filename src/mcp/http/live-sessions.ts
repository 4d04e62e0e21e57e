import type { LiveSession } from "./live-session.ts";

export interface LiveSessionsDeps {
  /** Most sessions kept live on this replica. */
  maxSessions: number;
  /** Most of them for one owner, so that one cannot crowd out the others. */
  maxSessionsPerOwner: number;
  /** How long one that nothing happens in stays live, ms. */
  idleMs: number;
  now: () => number;
}

/** Whether another session can be made live, or who has too many. */
export type Room = "free" | "full" | "owner_full";

interface Entry {
  owner: string;
  /** Shared by the requests that come while the session is being made. */
  ready: Promise<LiveSession | undefined>;
  session?: LiveSession;
}

/** The sessions that this replica keeps a server for. Closing one here does not end it: it is revived when used again. */
export interface LiveSessions {
  get(id: string): LiveSession | undefined;
  /** Also while it is still being made. */
  has(id: string): boolean;
  all(): LiveSession[];
  size(): number;
  /** Closes the longest idle one if that is what it takes. */
  makeRoom(owner: string): Room;
  /**
   * Makes a session live, once for all who ask at the same time.
   * @param create undefined when it cannot be; what it throws reaches all who wait
   */
  add(id: string, owner: string, create: () => Promise<LiveSession | undefined>): Promise<LiveSession | undefined>;
  /** Being made counts: it is closed as soon as it is there. */
  close(id: string): Promise<void>;
  closeIdle(): void;
  closeAll(): Promise<void>;
}

export function createLiveSessions({ maxSessions, maxSessionsPerOwner, idleMs, now }: LiveSessionsDeps): LiveSessions {
  const entries = new Map<string, Entry>();
  const all = () => [...entries.values()].flatMap(({ session }) => session ?? []);

  async function close(id: string): Promise<void> {
    const entry = entries.get(id);
    entries.delete(id);
    // A failure to make it is told to those who asked for it.
    const session = await entry?.ready.catch(() => undefined);
    await session?.close();
  }

  function closeLongestIdle(among: LiveSession[]): boolean {
    const idle = among.filter(({ isIdle }) => isIdle);
    const [first, ...rest] = idle;
    if (first === undefined) return false;
    const longest = rest.reduce((found, next) => (next.lastUsedAt < found.lastUsedAt ? next : found), first);
    void close(longest.id);
    return true;
  }

  return {
    get: (id) => entries.get(id)?.session,
    has: (id) => entries.has(id),
    all,
    size: () => entries.size,
    makeRoom(owner) {
      const owned = [...entries.values()].filter((entry) => entry.owner === owner);
      if (owned.length >= maxSessionsPerOwner) {
        return closeLongestIdle(owned.flatMap(({ session }) => session ?? [])) ? "free" : "owner_full";
      }
      if (entries.size < maxSessions) return "free";
      return closeLongestIdle(all()) ? "free" : "full";
    },
    async add(id, owner, create) {
      const known = entries.get(id);
      if (known !== undefined) return known.owner === owner ? known.ready : undefined;
      const entry: Entry = { owner, ready: create() };
      entries.set(id, entry);
      const forget = () => {
        if (entries.get(id) === entry) entries.delete(id);
      };
      try {
        const session = await entry.ready;
        if (session === undefined) forget();
        else entry.session = session;
        return session;
      } catch (error) {
        forget();
        throw error;
      }
    },
    close,
    closeIdle() {
      const before = now() - idleMs;
      for (const session of all()) if (session.isIdle && session.lastUsedAt <= before) void close(session.id);
    },
    closeAll: async () => {
      await Promise.all([...entries.keys()].map(close));
    },
  };
}
