import type { TokenEntry } from "../access/token-entries.ts";
import { formatUsd } from "../pages/text.ts";
import { alignColumns } from "./align-columns.ts";

/** What may be shown of a token: everything but its hash. */
export type ShownToken = Omit<TokenEntry, "sha256"> & { is_expired: boolean };

export function toShownToken({ sha256: _hidden, ...entry }: TokenEntry, now: number): ShownToken {
  return { ...entry, is_expired: entry.expires !== null && Date.parse(entry.expires) <= now };
}

/** A table for people, one token a row. */
export function renderTokens(tokens: readonly ShownToken[]): string {
  const rows = tokens.map((token) => [
    token.name,
    token.id,
    token.scopes.join(","),
    token.tenant ?? "its own",
    token.daily_budget_usd === null ? "-" : formatUsd(token.daily_budget_usd),
    token.calls_per_minute === null ? "-" : String(token.calls_per_minute),
    token.created.slice(0, 10),
    token.expires === null ? "never" : token.expires.slice(0, 10) + (token.is_expired ? " (expired)" : ""),
  ]);
  return alignColumns([["name", "id", "scopes", "tenant", "usd/day", "calls/min", "created", "expires"], ...rows]);
}
