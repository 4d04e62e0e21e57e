import { AppError } from "../errors.ts";

/** Loads that are under way in this process, by key: whoever asks for the same thing meanwhile shares the load. */
export interface Flights<T> {
  has(key: string): boolean;
  /**
   * Starts the load, or joins the one under way. A caller who leaves (its signal) ends its own wait only; when the
   * last one has left, the load itself is aborted.
   * @param start gets a signal that is aborted when nobody waits any more
   * @throws {AppError} `cancelled` for a caller who leaves while others stay; else whatever the load throws
   */
  join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<Joined<T>>;
  /** Settles when all that is under way now has ended, well or not. */
  landed(): Promise<void>;
}

export interface Joined<T> {
  value: T;
  /** Another caller's load brought it. */
  shared: boolean;
}

interface Flight<T> {
  load: Promise<T>;
  controller: AbortController;
  waiting: number;
}

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Flight<T>>();
  /** Those being aborted too, which are no longer joined. */
  const aloft = new Set<Flight<T>>();

  const takeOff = (key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const controller = new AbortController();
    const flight: Flight<T> = { controller, waiting: 0, load: start(controller.signal) };
    aloft.add(flight);
    const land = () => {
      aloft.delete(flight);
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.load.then(land, land);
    flights.set(key, flight);
    return flight;
  };

  return {
    has: (key) => flights.has(key),
    landed: async () => {
      await Promise.allSettled([...aloft].map(({ load }) => load));
    },
    async join(key, signal, start) {
      if (signal.aborted) throw new AppError("cancelled", "The call was cancelled.", { charge: "not_charged" });
      const known = flights.get(key);
      const flight = known ?? takeOff(key, start);
      flight.waiting += 1;
      const left = leaving(signal, () => {
        flight.waiting -= 1;
        if (flight.waiting > 0) return "others stay";
        // A later caller must not join a load that is being aborted.
        if (flights.get(key) === flight) flights.delete(key);
        flight.controller.abort(signal.reason);
        return "nobody stays";
      });
      try {
        return { value: await Promise.race([flight.load, left.withOthers]), shared: known !== undefined };
      } finally {
        left.forget();
      }
    },
  };
}

/** Watches for a caller to leave. The last one waits on, for the load's own account of what its end has cost. */
function leaving(signal: AbortSignal, leave: () => "others stay" | "nobody stays") {
  let onAbort = () => {};
  const withOthers = new Promise<never>((_, reject) => {
    onAbort = () => {
      if (leave() === "nobody stays") return;
      reject(
        new AppError("cancelled", "The call was cancelled. Another caller waits for the same answer, so it goes on."),
      );
    };
  });
  signal.addEventListener("abort", onAbort, { once: true });
  return { withOthers, forget: () => signal.removeEventListener("abort", onAbort) };
}
