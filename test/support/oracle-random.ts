/** Choices that a seed repeats. */
export interface Choices {
  /** An integer from 0 up to, not including, `below`. */
  below(below: number): number;
  chance(share: number): boolean;
  one<T>(from: readonly T[]): T;
  some<T>(from: readonly T[], count: number): T[];
}

/** The generator mulberry32: small, fast, and the same on every machine. */
export function createChoices(seed: number): Choices {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return {
    below,
    chance: (share) => next() < share,
    one: (from) => {
      if (from.length === 0) throw new RangeError("nothing to choose from");
      return from[below(from.length)] as (typeof from)[number];
    },
    some: (from, count) => {
      const left = [...from];
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)).flat();
    },
  };
}
