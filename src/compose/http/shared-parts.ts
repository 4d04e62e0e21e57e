import type { SessionMail, SessionRecords } from "../../mcp/http/session-records.ts";
import type { TakeTurn } from "../../serve/turns.ts";
import type { Stores } from "../stores.ts";

/** What replicas share of the service itself. */
export interface SharedParts {
  sessions: SessionRecords;
  mail: SessionMail;
  takeTurn: TakeTurn;
  /** Bytes that are the same on all of them, made by the first that asks. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>;
}

/** About 10 kB each. */
const MAX_SESSIONS = 10_000;

/** From the store that replicas share; where there is none, from this process alone. */
export async function openShared({ shared }: Stores, now: () => number): Promise<SharedParts> {
  if (shared !== undefined) {
    const { sessions, mail, turns, secret } = shared;
    return { sessions, mail, takeTurn: turns, secret };
  }
  const [{ createMemorySessionRecords }, { createNoMail }, { createMemoryTurns }] = await Promise.all([
    import("../../mcp/http/memory-session-records.ts"),
    import("../../mcp/http/no-mail.ts"),
    import("../../serve/memory-turns.ts"),
  ]);
  return {
    sessions: createMemorySessionRecords({ now, max: MAX_SESSIONS }),
    mail: createNoMail(),
    takeTurn: createMemoryTurns(),
    secret: async (_name, make) => make(),
  };
}
