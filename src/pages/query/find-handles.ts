import { Refusal, toInputError } from "../request/refusal.ts";
import type { Page } from "../snapshot/page.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

/**
 * @returns the pages in the order of their handles as given
 * @throws {AppError} `input` naming the handles that the snapshot has, when one is not among them
 */
export function findHandles({ id, pages }: Snapshot, handles: readonly string[]): Page[] {
  const found = handles.map((handle) => pages[Number(handle.slice(1)) - 1]);
  const unknown = handles.filter((_, index) => found[index] === undefined);
  if (unknown.length > 0) {
    const range =
      pages.length === 0 ? "it holds no pages" : pages.length === 1 ? "it holds p1" : `it holds p1..p${pages.length}`;
    throw toInputError([new Refusal("handles", `snapshot ${id} has no ${unknown.join(", ")}`, range)]);
  }
  return found.filter((page) => page !== undefined);
}
