import type { Flights } from "../spend/flights.ts";

/** Tenants do not share loads: each buys its own. No tenant's name holds a line break. */
export function flightsWithin<T>(flights: Flights<T>, tenant: string): Flights<T> {
  const keyOf = (key: string) => `${tenant}\n${key}`;
  return {
    has: (key) => flights.has(keyOf(key)),
    join: (key, ...rest) => flights.join(keyOf(key), ...rest),
    landed: flights.landed,
  };
}
