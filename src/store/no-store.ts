import type { SnapshotStore } from "./snapshot-store.ts";

/** Keeps nothing: every request is bought anew. */
export function createNoStore(): SnapshotStore {
  return {
    put: async () => ({ where: "nowhere" }),
    get: async () => undefined,
    newest: async () => undefined,
    list: async () => [],
    gone: async () => undefined,
  };
}
