import { describe, expect, it } from "vitest";
import { isDay, toDay } from "../../../../src/spend/ledger/ledger.ts";

describe("days", () => {
  it("begin and end at 00:00 UTC", () => {
    expect(toDay(Date.UTC(2026, 10, 24))).toBe("2026-11-24");
    expect(toDay(Date.UTC(2026, 10, 25) - 1)).toBe("2026-11-24");
  });

  it.each(["2026-11-24", "2024-02-29", "1970-01-01"])("%s is one", (text) => {
    expect(isDay(text)).toBe(true);
  });

  it.each(["", "today", "2026-02-29", "2026-13-01", "2026-1-1", "2026-11-24T00:00", "../../../../etc", "2026-11-24\n"])(
    "%j is none",
    (text) => {
      expect(isDay(text)).toBe(false);
    },
  );
});
