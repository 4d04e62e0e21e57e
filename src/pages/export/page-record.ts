import { mapFolded } from "../answer/fold.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { toSafeJson } from "../text.ts";

/**
 * One page with everything that came, as JSON that a person can read; characters that break lines or hide text are
 * escaped. `folded_into` names the page in whose row answers show this one.
 * @returns undefined when no page of the snapshot has this handle
 */
export function renderPageRecord(snapshot: Snapshot, handle: string): string | undefined {
  const page = snapshot.pages.find((each) => each.handle === handle);
  if (page === undefined) return undefined;
  const main = mapFolded(snapshot.pages).get(handle);
  const record = {
    snapshot_id: snapshot.id,
    id: handle,
    ...(main !== undefined && { folded_into: main }),
    item: page.raw,
  };
  return `${toPrettyJson(record, "")}\n`;
}

/** Deeper than any item of the endpoint; what is deeper stands on one line. */
const MAX_INDENT = 16;

/** Layout is ours, all else goes through the one function that knows what to escape. */
function toPrettyJson(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null || indent.length >= MAX_INDENT) return toSafeJson(value);
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((each) => toPrettyJson(each, inner))
    : Object.entries(value).map(([key, each]) => `${toSafeJson(key)}: ${toPrettyJson(each, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return parts.length === 0 ? `${open}${close}` : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}
