import { describe, expect, it } from "vitest";
import { createJoinWaiting } from "../../../../src/spend/ledger/lines.ts";

function heldLook() {
  const begun: { done: (value: number) => void; fail: (error: Error) => void }[] = [];
  const look = createJoinWaiting(() => new Promise<number>((done, fail) => begun.push({ done, fail })));
  return { look, begun };
}

/** Lets everything that can go on without us go on. */
const quiet = () => new Promise((resolve) => setImmediate(resolve));

describe("createJoinWaiting", () => {
  it("gives one look to all who came before it began, and a new one to those who came after", async () => {
    const { look, begun } = heldLook();
    const early = [look(), look()];
    await quiet();
    expect(begun).toHaveLength(1);
    const late = [look(), look()];
    await quiet();
    expect(begun).toHaveLength(1);
    begun[0]?.done(1);
    expect(await Promise.all(early)).toEqual([1, 1]);
    await quiet();
    expect(begun).toHaveLength(2);
    begun[1]?.done(2);
    expect(await Promise.all(late)).toEqual([2, 2]);
  });

  it("looks again after a look that failed", async () => {
    const { look, begun } = heldLook();
    const failed = look();
    await quiet();
    begun[0]?.fail(new Error("no"));
    await expect(failed).rejects.toThrow("no");
    const next = look();
    await quiet();
    begun[1]?.done(3);
    expect(await next).toBe(3);
  });
});
