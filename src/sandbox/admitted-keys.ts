export interface AdmittedKeys {
  has(key: string): boolean;
  add(key: string): void;
}

const MAX_KEYS = 100_000;

/** The idempotency keys of calls that reached the endpoint: the latest ones, and forgotten from the oldest on. */
export function createAdmittedKeys(maxKeys = MAX_KEYS): AdmittedKeys {
  const keys = new Set<string>();
  return {
    has: (key) => keys.has(key),
    add(key) {
      keys.add(key);
      if (keys.size <= maxKeys) return;
      // A Set hands out its members in the order they came in.
      for (const oldest of keys) {
        keys.delete(oldest);
        return;
      }
    },
  };
}
