import { describe, expect, it } from "vitest";
import { readRetryAfter } from "../../../src/upstream/reply-headers.ts";

const AT = Date.UTC(2026, 9, 21, 7, 27, 30, 400);

describe("readRetryAfter", () => {
  it.each([
    ["7", 7000],
    [" 120 ", 120_000],
    ["0", 0],
    ["Wed, 21 Oct 2026 07:28:00 GMT", 30_000],
    ["Wed, 21 Oct 2026 07:27:30 GMT", 0],
    ["Wed, 21 Oct 2015 07:28:00 GMT", 0],
  ])("reads %s as %i ms", (header, ms) => {
    expect(readRetryAfter(header, AT)).toBe(ms);
  });

  it.each([
    undefined,
    "",
    "soon",
    "-1",
    "1.5",
    "1e3",
    "9999999",
    "2026-10-21T07:28:00Z",
    "Wed, 99 Xyz 2026 07:28:00 GMT",
    "Wed, 21 Oct 2099 07:28:00 GMT",
  ])("reads nothing out of %j", (header) => {
    expect(readRetryAfter(header, AT)).toBeUndefined();
  });

  it("reads no date without a clock", () => {
    expect(readRetryAfter("Wed, 21 Oct 2026 07:28:00 GMT", undefined)).toBeUndefined();
    expect(readRetryAfter("7", undefined)).toBe(7000);
  });
});
