import { describe, expect, it } from "vitest";
import { type Bill, createBooks } from "../../../src/sandbox/gateway.ts";
import { createAdmittedKeys } from "../../../src/sandbox/paid-call.ts";

const bill = (micros: number): Bill => ({
  idempotencyKey: null,
  target: "acme.example",
  micros,
  requestId: "sandbox-1",
  at: 0,
});

describe("the books", () => {
  it("begin empty", () => {
    expect(createBooks().read()).toEqual({
      calls: { received: 0, refused: 0, quoted: 0, failed: 0, carried_out: 0 },
      billed: { calls: 0, micros: 0 },
      bills: [],
    });
  });

  it("count every call once, and add up what was billed, in order", () => {
    const books = createBooks();
    books.enter("refused");
    books.enter("quoted");
    books.enter("carried_out", bill(24_000));
    books.enter("failed", bill(2_000));
    books.enter("failed");
    expect(books.read()).toEqual({
      calls: { received: 5, refused: 1, quoted: 1, failed: 2, carried_out: 1 },
      billed: { calls: 2, micros: 26_000 },
      bills: [bill(24_000), bill(2_000)],
    });
  });

  it("keep the latest bills only, and the totals of all", () => {
    const books = createBooks(2);
    for (const micros of [1, 2, 3]) books.enter("carried_out", bill(micros));
    const { billed, bills } = books.read();
    expect(bills.map(({ micros }) => micros)).toEqual([2, 3]);
    expect(billed).toEqual({ calls: 3, micros: 6 });
  });

  it("do not change what was read before", () => {
    const books = createBooks();
    const before = books.read();
    books.enter("carried_out", bill(1));
    expect(before.bills).toEqual([]);
    expect(before.calls.received).toBe(0);
  });
});

describe("the admitted keys", () => {
  it("are forgotten from the oldest on", () => {
    const keys = createAdmittedKeys(2);
    for (const key of ["a", "b", "b", "c"]) keys.add(key);
    expect(["a", "b", "c"].map(keys.has)).toEqual([false, true, true]);
  });
});
