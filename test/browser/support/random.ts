export interface Random {
  /** 0 to 1, 1 not included. */
  fraction(): number;
  /** 0 to `end`, which is not included. */
  below(end: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** The same numbers for the same seed, on every machine (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(fraction() * end);
  return { fraction, below, pick: (list) => list[below(list.length)] ?? list[0] };
}
