import { addLine, createFold, type Fold } from "../spend/ledger/fold.ts";
import type { RedisLink } from "./link.ts";

/** What is known when the books cannot be read. */
export const BOOKS_UNREAD = { charge: "not_charged", so: "so the books cannot be read now" } as const;

/** Records read by one command. */
const AT_ONCE = 5000;

/**
 * Adds up a list that grows: each call reads what came since the last, and the element before it, to see that it is the
 * list which was read before. Calls must not overlap.
 */
export function createListFollower(link: RedisLink, list: string): () => Promise<Fold> {
  let fold = createFold();
  let offset = 0;
  let last: string | undefined;

  const readOn = async (): Promise<"more" | "all" | "another list"> => {
    const from = Math.max(0, offset - 1);
    const texts = await link.run((redis) => redis.lrange(list, from, from + AT_ONCE), BOOKS_UNREAD);
    if (last !== undefined && texts.shift() !== last) return "another list";
    for (const text of texts) for (const line of text.split("\n")) addLine(fold, line);
    offset += texts.length;
    last = texts.at(-1) ?? last;
    return texts.length >= AT_ONCE ? "more" : "all";
  };

  return async () => {
    for (;;) {
      const read = await readOn();
      if (read === "all") return fold;
      if (read === "more") continue;
      fold = createFold();
      offset = 0;
      last = undefined;
    }
  };
}
