import type { SessionMail } from "./session-records.ts";

/** For a server that is alone: there is nobody to tell. */
export function createNoMail(): SessionMail {
  return { send: async () => {}, listen: () => () => {} };
}
