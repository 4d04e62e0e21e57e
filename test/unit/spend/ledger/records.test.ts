import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createJoinWaiting, createOneAtATime } from "../../../../src/spend/ledger/lines.ts";
import { encodeRecord, parseRecord, type ReserveRecord } from "../../../../src/spend/ledger/records.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { FACTS } from "../../../support/ledger-facts.ts";

const RESERVE: ReserveRecord = {
  type: "reserve",
  id: "p_0123456789abcdefABCD-_",
  at: 1_795_512_600_000,
  ...FACTS,
  micros: 24_000,
  budgetMicros: 5_000_000,
};
const SETTLE = { type: "settle", id: RESERVE.id, at: RESERVE.at, outcome: "charged", micros: 12_000 };

const ABSURD: readonly [what: string, record: unknown][] = [
  ["a negative amount", { ...RESERVE, micros: -1 }],
  ["a part of a micro-dollar", { ...RESERVE, micros: 0.5 }],
  ["an amount beyond a million dollars", { ...RESERVE, micros: 1_000_000_000_001 }],
  ["an amount as text", { ...RESERVE, micros: "24000" }],
  ["no amount", { ...RESERVE, micros: null }],
  ["a negative budget", { ...RESERVE, budgetMicros: -1 }],
  ["no budget at all", { ...RESERVE, budgetMicros: undefined }],
  ["a budget beyond exact numbers", { ...RESERVE, budgetMicros: 1e300 }],
  ["a foreign id", { ...RESERVE, id: "p_1" }],
  ["an id with a line break", { ...RESERVE, id: `${RESERVE.id}\n` }],
  ["a time no calendar has", { ...RESERVE, at: 8_640_000_000_000_001 }],
  ["an unknown kind", { ...RESERVE, kind: "gift" }],
  ["an unknown type", { ...RESERVE, type: "refund" }],
  ["an unknown outcome", { ...SETTLE, outcome: "refunded" }],
  ["a negative charge", { ...SETTLE, micros: -12_000 }],
  ["a charge without an amount", { ...SETTLE, micros: undefined }],
  ["a list", [RESERVE]],
  ["a number", 7],
  ["null", null],
];

describe("parseRecord", () => {
  it.each(ABSURD)("does not read %s", (_, record) => {
    expect(parseRecord(JSON.stringify(record))).toBeUndefined();
  });

  it.each([
    "",
    "{",
    "NaN",
    '{"type":"reserve"',
    "\0\0\0\0",
    JSON.stringify({ ...RESERVE, target: "a".repeat(10_000) }),
  ])("does not read %j", (line) => {
    expect(parseRecord(line)).toBeUndefined();
  });

  it("reads no beginning of a record: a torn one is never taken for a whole one", () => {
    const line = encodeRecord(RESERVE).trim();
    for (let length = 0; length < line.length; length++) expect(parseRecord(line.slice(0, length))).toBeUndefined();
    expect(parseRecord(line)).toEqual(RESERVE);
  });

  it("passes over what a later version may add", () => {
    expect(parseRecord(JSON.stringify({ ...RESERVE, colour: "blue" }))).toEqual(RESERVE);
  });

  it("reads what it always read: records of nobody in particular", () => {
    expect(parseRecord(JSON.stringify(RESERVE))).not.toHaveProperty("account");
  });

  it.each(["a", "token:alice", "oauth:~0aB-_", "a.b@c.example", "x".repeat(100)])("reads the account %j", (name) => {
    for (const budgetMicros of [0, 2_000_000, null]) {
      const record = { ...RESERVE, account: { name, budgetMicros } };
      expect(parseRecord(encodeRecord(record))).toEqual(record);
    }
  });

  it.each([
    null,
    "alice",
    {},
    { name: "alice" },
    { name: "a b", budgetMicros: 1 },
    { name: "", budgetMicros: 1 },
    { name: "x".repeat(101), budgetMicros: 1 },
    { name: "alice", budgetMicros: -1 },
    { name: "alice", budgetMicros: 0.5 },
  ])("keeps the money of an account that it does not understand: %j", (account) => {
    expect(parseRecord(JSON.stringify({ ...RESERVE, account }))).toEqual(RESERVE);
    expect(parseRecord(JSON.stringify({ ...RESERVE, account, micros: -1 }))).toBeUndefined();
  });

  it("throws on no text at all", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (line) => {
        expect(parseRecord(line)).toBeUndefined();
      }),
    );
  });
});

describe("encodeRecord", () => {
  it("writes one line between two line breaks, whatever the texts hold, and it is read back", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (target, requestId) => {
        const text = encodeRecord({ ...RESERVE, target });
        expect(text).toMatch(/^\n[^\n]+\n$/);
        expect(parseRecord(text)).toMatchObject({ id: RESERVE.id, micros: 24_000 });
        const settled = encodeRecord({
          type: "settle",
          id: "p_1",
          at: 0,
          outcome: "unknown",
          requestId: requestId.repeat(500),
        });
        expect(parseRecord(settled)).toMatchObject({ outcome: "unknown" });
      }),
    );
  });

  it("refuses what could not be read back", () => {
    expect(() => encodeRecord({ ...RESERVE, limit: Number.NaN })).toThrow(RangeError);
    expect(() => encodeRecord({ ...RESERVE, account: { name: "a b", budgetMicros: 1 } })).toThrow(RangeError);
  });
});

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
