import type { Snapshot } from "../snapshot/snapshot.ts";
import { toSafeJson } from "../text.ts";

/** Every fetched item with everything that came, one JSON object a line, in fetched order; empty for no pages. */
export function renderPagesJsonl({ pages }: Snapshot): string {
  return pages.map(({ raw }) => `${toSafeJson(raw)}\n`).join("");
}
