import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createOneAtATime } from "../../../../src/spend/ledger/lines.ts";

describe("createOneAtATime", () => {
  it("begins a task when the one before has ended, failed or not", async () => {
    const oneAtATime = createOneAtATime();
    const seen: string[] = [];
    const task = (name: string, fails = false) =>
      oneAtATime(async () => {
        seen.push(`${name} begins`);
        await turn();
        seen.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const all = await Promise.allSettled([task("a"), task("b", true), task("c")]);
    expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });
});
