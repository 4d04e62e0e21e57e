/** Money inside this room is whole micro-dollars: sums of them are exact. */
export const toMicros = (usd: number): number => Math.round(usd * 1_000_000);

export const toUsd = (micros: number): number => micros / 1_000_000;
