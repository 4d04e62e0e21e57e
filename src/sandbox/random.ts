/** A seeded source of numbers: the same seed gives the same world on every machine. */
export interface Random {
  /** At least `low`, at most `high`, both whole. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Like `pick`, but early items come up far more often (Zipf-like), as linking sites do. */
  pickSkewed<T>(items: readonly T[]): T;
}

/** mulberry32: 32 bits of state are plenty for a few thousand made-up links. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const at = <T>(items: readonly T[], share: number): T => {
    const item = items[Math.floor(share * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  };
  return {
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => at(items, next()),
    pickSkewed: (items) => at(items, next() ** 3),
  };
}

/** A seed from text, so that every site and page has its own stream of numbers. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
