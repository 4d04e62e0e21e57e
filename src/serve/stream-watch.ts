import { AccessDenied, type Principal, toRights } from "../access/principal.ts";
import type { Access } from "./mcp-route.ts";
import type { Visit } from "./visit.ts";

export interface StreamWatchDeps {
  /** Left out where everyone who reaches the server may use it: then no stream is ever closed. */
  access?: Access;
  /** ms since the epoch. */
  now: () => number;
  /** How often a stream's token is looked at again; one of an issuer, which cannot be revoked here, more rarely. */
  everyMs?: { own: number; issued: number };
}

/** Streams outlive the request that opened them, and must not outlive the right to it. */
export interface StreamWatch {
  /** Ends the answer of a visit once its token is revoked, has expired, or means other rights than it did. */
  follow(visit: Visit, principal: Principal | undefined): void;
}

interface Stream {
  visit: Visit;
  principal: Principal | undefined;
  lookedAt: number;
}

const EVERY_MS = { own: 1000, issued: 30_000 };

/** What static tokens' principals are called, see `Principal.name`. */
const OWN = "token:";

export function createStreamWatch({ access, now, everyMs = EVERY_MS }: StreamWatchDeps): StreamWatch {
  const streams = new Set<Stream>();
  let timer: NodeJS.Timeout | undefined;

  /** Many streams of one token cost one look. */
  const look = async (asked: Access): Promise<void> => {
    const verdicts = new Map<string | undefined, Promise<Principal | undefined | "out" | "unknown">>();
    for (const stream of streams) {
      const { authorization } = stream.visit.req.headers;
      if (!isDue(stream, now(), everyMs)) continue;
      stream.lookedAt = now();
      const verdict = verdicts.get(authorization) ?? findOut(asked, authorization);
      verdicts.set(authorization, verdict);
      if (!isStillIn(stream, await verdict, now())) stream.visit.res.end();
    }
  };

  return {
    follow(visit, principal) {
      if (access === undefined || visit.res.closed) return;
      const stream = { visit, principal, lookedAt: now() };
      streams.add(stream);
      timer ??= setInterval(() => void look(access), everyMs.own).unref();
      visit.res.once("close", () => {
        streams.delete(stream);
        if (streams.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
  };
}

function isDue({ principal, lookedAt }: Stream, now: number, everyMs: { own: number; issued: number }): boolean {
  if (isExpired(principal, now)) return true;
  const isIssued = principal !== undefined && !principal.name.startsWith(OWN);
  const ageMs = now - lookedAt;
  // A clock that was set back must not stop the looks.
  return ageMs < 0 || !isIssued || ageMs >= everyMs.issued;
}

async function findOut(access: Access, authorization: string | undefined) {
  try {
    return (await access.isOpen?.(authorization)) === true ? undefined : await access.authenticate(authorization);
  } catch (error) {
    return error instanceof AccessDenied ? "out" : "unknown";
  }
}

function isStillIn({ principal }: Stream, found: Awaited<ReturnType<typeof findOut>>, now: number): boolean {
  if (found === "out" || isExpired(principal, now)) return false;
  // The issuer cannot be asked at the moment: the token was good, and has not expired.
  if (found === "unknown") return true;
  return rightsOf(found) === rightsOf(principal);
}

const rightsOf = (principal: Principal | undefined): string => (principal === undefined ? "" : toRights(principal));

const isExpired = (principal: Principal | undefined, now: number): boolean =>
  principal?.expiresAt !== undefined && principal.expiresAt * 1000 <= now;
