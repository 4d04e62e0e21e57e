import { expect, it } from "vitest";
import { wait } from "../../../src/upstream/wire.ts";

const HOUR_MS = 3_600_000;

it("ends by itself", async () => {
  await expect(wait(1, new AbortController().signal)).resolves.toBeUndefined();
});

it("ends with the signal, before it or during it", async () => {
  await expect(wait(HOUR_MS, AbortSignal.abort())).rejects.toThrow(/abort/i);
  const caller = new AbortController();
  const waiting = wait(HOUR_MS, caller.signal);
  caller.abort();
  await expect(waiting).rejects.toThrow(/abort/i);
});
