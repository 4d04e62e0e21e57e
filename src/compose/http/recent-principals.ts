import type { Principal } from "../../access/principal.ts";

/** The callers that were here last, for whose budgets somebody may look. */
export interface RecentPrincipals {
  see(principal: Principal): void;
  /** USD left today by name; those whom nothing bounds are left out. */
  budgetsLeft(leftUsd: (principal: Principal) => Promise<number | null>): Promise<Map<string, number>>;
}

/** As many as the metrics show. */
const MAX_RECENT = 100;

export function createRecentPrincipals(): RecentPrincipals {
  const recent = new Map<string, Principal>();
  return {
    see(principal) {
      recent.delete(principal.name);
      recent.set(principal.name, principal);
      if (recent.size > MAX_RECENT) recent.delete(recent.keys().next().value as string);
    },
    async budgetsLeft(leftUsd) {
      const left = await Promise.all([...recent].map(async ([name, principal]) => [name, await leftUsd(principal)]));
      return new Map(left.filter((entry): entry is [string, number] => entry[1] !== null));
    },
  };
}
