import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/errors.ts";
import { createFlights } from "../../../src/spend/flights.ts";

/** A load that ends when the test says so, or with its signal, as a fetch does. */
function startLoads() {
  const loads: { signal: AbortSignal; land: (value: string) => void; fail: (error: unknown) => void }[] = [];
  const start = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      loads.push({ signal, land: resolve, fail: reject });
      signal.addEventListener("abort", () => reject(new AppError("cancelled", "aborted", { charge: "unknown" })));
    });
  return { loads, start };
}

const caller = () => new AbortController();
const never = new AbortController().signal;

describe("loads by key", () => {
  it("are shared by all who ask meanwhile, and started again afterwards", async () => {
    const { loads, start } = startLoads();
    const flights = createFlights<string>();
    const all = [1, 2, 3].map(() => flights.join("k", never, start));
    expect(flights.has("k")).toBe(true);
    loads[0]?.land("data");
    expect(await Promise.all(all)).toEqual([
      { value: "data", shared: false },
      { value: "data", shared: true },
      { value: "data", shared: true },
    ]);
    expect(flights.has("k")).toBe(false);
    const again = flights.join("k", never, start);
    loads[1]?.land("newer");
    expect(await again).toEqual({ value: "newer", shared: false });
  });

  it("of other keys are their own", async () => {
    const { loads, start } = startLoads();
    const flights = createFlights<string>();
    const [a, b] = [flights.join("a", never, start), flights.join("b", never, start)];
    loads[1]?.land("b");
    loads[0]?.land("a");
    expect([(await a).value, (await b).value]).toEqual(["a", "b"]);
  });

  it("fail for everyone alike, and are not remembered", async () => {
    const { loads, start } = startLoads();
    const flights = createFlights<string>();
    const both = [flights.join("k", never, start), flights.join("k", never, start)];
    loads[0]?.fail(new AppError("unavailable", "down"));
    const reasons = (await Promise.allSettled(both)).map((each) => (each as PromiseRejectedResult).reason.message);
    expect(reasons).toEqual(["down", "down"]);
    expect(flights.has("k")).toBe(false);
  });

  it("go on when one caller leaves, whoever it is", async () => {
    const { loads, start } = startLoads();
    const flights = createFlights<string>();
    const [first, second] = [caller(), caller()];
    const [left, stayed] = [flights.join("k", first.signal, start), flights.join("k", second.signal, start)];
    first.abort();
    await expect(left).rejects.toMatchObject({ kind: "cancelled", message: /Another caller waits/ });
    expect(loads[0]?.signal.aborted).toBe(false);
    loads[0]?.land("data");
    expect(await stayed).toEqual({ value: "data", shared: true });
  });

  it("are aborted when the last one leaves, who hears what that may have cost", async () => {
    const { loads, start } = startLoads();
    const flights = createFlights<string>();
    const [first, second] = [caller(), caller()];
    const all = [flights.join("k", first.signal, start), flights.join("k", second.signal, start)];
    const ends = Promise.allSettled(all);
    first.abort();
    second.abort();
    const [, last] = (await ends) as PromiseRejectedResult[];
    expect(loads[0]?.signal.aborted).toBe(true);
    expect(last?.reason).toMatchObject({ kind: "cancelled", facts: { charge: "unknown" } });
  });

  it("that are being aborted are not joined any more", async () => {
    const { loads, start } = startLoads();
    const flights = createFlights<string>();
    const first = caller();
    const left = flights.join("k", first.signal, start);
    first.abort();
    const next = flights.join("k", never, start);
    await expect(left).rejects.toMatchObject({ kind: "cancelled" });
    expect(flights.has("k")).toBe(true);
    loads[1]?.land("data");
    expect(await next).toEqual({ value: "data", shared: false });
  });

  it("are not started for a caller who has left already", async () => {
    const { loads, start } = startLoads();
    const left = createFlights<string>().join("k", AbortSignal.abort(), start);
    await expect(left).rejects.toMatchObject({ kind: "cancelled", facts: { charge: "not_charged" } });
    expect(loads).toEqual([]);
  });
});
