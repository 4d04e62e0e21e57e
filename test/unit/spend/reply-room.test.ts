import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AppError } from "../../../src/errors.ts";
import { createReplyRoom, type Seat } from "../../../src/spend/reply-room.ts";

const MB = 1 << 20;
const unending = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("room for replies", () => {
  it("is for those who come first; the others wait for them to leave", async () => {
    const room = createReplyRoom({ maxBytes: 10, waitMs: 60_000 });
    const first = await room.enter(8, unending);
    const order: string[] = [];
    const enter = async (name: string, bytes: number) => {
      const seat = await room.enter(bytes, unending);
      order.push(name);
      return seat;
    };
    const [second, third] = [enter("second", 5), enter("third", 1)];
    await settled();
    expect(order).toEqual([]);
    first.leave();
    for (const seat of await Promise.all([second, third])) seat.leave();
    expect(order).toEqual(["second", "third"]);
    expect(room.bytes()).toBe(0);
  });

  it("is refused in the end, and to whoever leaves, before anything is sent", async () => {
    const room = createReplyRoom({ maxBytes: 3 * MB, waitMs: 20 });
    const seat = await room.enter(3 * MB, unending);
    const failure = (entering: Promise<unknown>) => entering.catch((error: AppError) => error);
    expect(await failure(room.enter(1, unending))).toMatchObject({
      kind: "unavailable",
      message:
        "The replies of other calls take 3 MB, which leaves no room for another; that did not change within 0 s.",
      facts: { charge: "not_charged" },
    });
    expect(await failure(room.enter(1, AbortSignal.abort()))).toMatchObject({
      kind: "cancelled",
      facts: { charge: "not_charged" },
    });
    seat.leave();
    (await room.enter(1, unending)).leave();
    expect(room.bytes()).toBe(0);
  });

  it("holds one that is larger than all of it, alone", async () => {
    const room = createReplyRoom({ maxBytes: 10, waitMs: 60_000 });
    const seat = await room.enter(1000, unending);
    expect(room.bytes()).toBe(10);
    await seat.grow(5 * MB);
    expect(room.bytes()).toBe(5 * MB);
    seat.leave();
    expect(room.bytes()).toBe(0);
  });

  it("lets every reply come to its end, whatever they grow to, and never holds more than one beyond its bound", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ expected: fc.integer({ min: 1, max: 8 }), steps: fc.array(fc.integer({ min: 1, max: 16 })) }),
          {
            maxLength: 12,
          },
        ),
        async (replies) => {
          const [maxBytes, largest] = [12 * MB, 17 * MB];
          const room = createReplyRoom({ maxBytes, waitMs: 60_000 });
          let most = 0;
          const read = async ({ expected, steps }: (typeof replies)[number]) => {
            const seat: Seat = await room.enter(expected * MB, unending);
            for (const bytes of steps.toSorted((a, b) => a - b)) {
              await seat.grow(bytes * MB);
              most = Math.max(most, room.bytes());
              await settled();
            }
            seat.leave();
          };
          await Promise.all(replies.map(read));
          expect(room.bytes()).toBe(0);
          expect(most).toBeLessThanOrEqual(maxBytes + largest);
        },
      ),
      { numRuns: 50 },
    );
  });
});
