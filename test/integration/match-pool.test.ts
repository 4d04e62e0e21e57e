import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createMatchPool, type MatchPool, type MatchPoolDeps } from "../../src/threads/match-pool.ts";
import { openMatcher } from "../../src/threads/open-matcher.ts";

/** Takes minutes on a text of this length. */
const ENDLESS = { pattern: "[\\p{L}\\p{N}]{1,1000}[XYZ]$", texts: ["aé1b".repeat(200_000)] };
const QUICK = { pattern: "b", texts: ["abc", "xyz", "b"] };

let pool: MatchPool | undefined;
afterEach(() => pool?.close());

function open(options: Partial<MatchPoolDeps> = {}): MatchPool {
  pool = createMatchPool({ openMatcher, maxRunMs: 60_000, ...options });
  return pool;
}

describe("the threads that match", () => {
  it("name the texts that hold an expression, in whatever number they come", async () => {
    const texts = Array.from({ length: 5000 }, (_, index) => `${"x".repeat(1000)}${index % 7 === 0 ? "yes" : "no"}`);
    const expected = texts.flatMap((text, index) => (text.endsWith("yes") ? [index] : []));
    const matched = await open().for("a")([QUICK, { pattern: "^x+yes$", texts }, { pattern: "q", texts: [] }]);
    expect(matched).toEqual([[0, 2], expected, []]);
  });

  it("end an expression that takes too long, and go on with the next question", async () => {
    const match = open({ maxRunMs: 50 }).for("a");
    const [slow, next] = await Promise.all([match([ENDLESS]), match([QUICK])]);
    expect(slow).toBe("too_slow");
    expect(next === "too_slow" || JSON.stringify(next) === "[[0,2]]").toBe(true);
    expect(await open().for("a")([QUICK])).toEqual([[0, 2]]);
  });

  it("keep nobody waiting for somebody else's expressions", async () => {
    const threads = open();
    const controller = new AbortController();
    const flood = Array.from({ length: 10 }, () => threads.for("a")([ENDLESS], controller.signal));
    const ended = Promise.allSettled(flood);
    expect(await threads.for("b")([QUICK])).toEqual([[0, 2]]);
    expect(await threads.for("c")([QUICK])).toEqual([[0, 2]]);
    controller.abort();
    for (const each of await ended) expect(each).toMatchObject({ reason: { kind: "cancelled" } });
    expect(await threads.for("a")([QUICK])).toEqual([[0, 2]]);
  });

  it("leave this thread free for all the rest", async () => {
    const controller = new AbortController();
    const slow = open().for("a")([ENDLESS], controller.signal);
    for (let turns = 0; turns < 1000; turns += 1) await turn();
    controller.abort();
    await expect(slow).rejects.toMatchObject({ kind: "cancelled" });
  });

  it("take no more questions than they have room for, of one and of all", async () => {
    const threads = open({ maxThreads: 1, maxWaitingPerCaller: 2, maxWaiting: 3 });
    const controller = new AbortController();
    const ask = (caller: string) => threads.for(caller)([ENDLESS], controller.signal);
    const taken = [ask("a"), ask("a"), ask("a")];
    expect(await ask("a")).toBe("too_busy");
    taken.push(ask("b"));
    expect(await ask("c")).toBe("too_busy");
    controller.abort();
    for (const each of await Promise.allSettled(taken)) expect(each.status).toBe("rejected");
  });

  it("give up a question that no thread was free for", async () => {
    const threads = open({ maxThreads: 1, maxWaitMs: 20 });
    const controller = new AbortController();
    const slow = threads.for("a")([ENDLESS], controller.signal);
    expect(await threads.for("b")([QUICK])).toBe("too_busy");
    controller.abort();
    await expect(slow).rejects.toMatchObject({ kind: "cancelled" });
  });

  it("fail those who wait when they are closed", async () => {
    const threads = open();
    const waiting = Promise.allSettled([threads.for("a")([ENDLESS]), threads.for("a")([ENDLESS])]);
    threads.close();
    for (const each of await waiting) expect(each).toMatchObject({ reason: { kind: "cancelled" } });
  });
});
