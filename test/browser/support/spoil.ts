import { hostileText } from "./hostile-items.ts";
import type { Random } from "./random.ts";

/** What a view's parts are told apart by: with another text in them there would be nothing to look at. */
const KEPT = new Set(["kind", "source", "handles", "snapshotId", "columns", "firstSeen", "where"]);

/** A copy in which every text is hostile, as if the server had let all of it through: it cleans most of it away. */
export function spoil(value: unknown, random: Random, key = ""): unknown {
  if (KEPT.has(key)) return value;
  if (typeof value === "string") return hostileText(random);
  if (Array.isArray(value)) {
    // A row begins with its handle, and ends with those of its variants.
    return value.map((each, at) =>
      key === "cells[]" && (at === 0 || Array.isArray(each)) ? each : spoil(each, random, `${key}[]`),
    );
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoil(each, random, name)]));
}
