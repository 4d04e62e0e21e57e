import { createHash } from "node:crypto";
import type { Principal } from "./principal.ts";

/** Tokens whose signature was checked a moment ago: that costs more than all the rest of a free call. */
export interface CheckedTokens {
  /** @returns undefined for a token that was not checked, or not lately */
  get(token: string): Principal | undefined;
  /** @param endsAtMs when the token ends, ms since the epoch */
  add(token: string, principal: Principal, endsAtMs: number): void;
}

const MAX_TOKENS = 1000;
const MAX_AGE_MS = 60_000;

/** Remembers good tokens by their hash for a minute, and never past their end; those used longest ago make room. */
export function createCheckedTokens(now: () => number): CheckedTokens {
  const remembered = new Map<string, { principal: Principal; fromMs: number; toMs: number }>();
  const toKey = (token: string): string => createHash("sha256").update(token).digest("base64");
  return {
    get: (token) => {
      const key = toKey(token);
      const found = remembered.get(key);
      if (found === undefined) return undefined;
      remembered.delete(key);
      const time = now();
      // Before it was added: the clock was set back, and what the token's end means now has to be looked at again.
      if (time < found.fromMs || time >= found.toMs) return undefined;
      remembered.set(key, found);
      return found.principal;
    },
    add: (token, principal, endsAtMs) => {
      const fromMs = now();
      remembered.set(toKey(token), { principal, fromMs, toMs: Math.min(fromMs + MAX_AGE_MS, endsAtMs) });
      const [oldest] = remembered.keys();
      if (remembered.size > MAX_TOKENS && oldest !== undefined) remembered.delete(oldest);
    },
  };
}
