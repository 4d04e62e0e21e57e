import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTime, toUpstreamTime } from "../../../../src/lists/filters/filter.ts";

describe("a time", () => {
  it.each([
    ["2026-01-31 12:30:05 +00:00", "2026-01-31T12:30:05Z"],
    ["2026-01-31 12-30-05 +00:00", "2026-01-31T12:30:05Z"],
    ["2026-01-31 12:30:05 +02:00", "2026-01-31T10:30:05Z"],
    ["2026-01-31 12:30:05 -0530", "2026-01-31T18:00:05Z"],
    ["2026-01-31T12:30:05Z", "2026-01-31T12:30:05Z"],
    ["2026-01-31T12:30:05.123Z", "2026-01-31T12:30:05Z"],
    ["2026-01-31T12:30-05:00", "2026-01-31T17:30:00Z"],
    ["2026-01-31 12:30", "2026-01-31T12:30:00Z"],
    ["2026-01-31", "2026-01-31T00:00:00Z"],
    [" 2026-01-31 ", "2026-01-31T00:00:00Z"],
    ["2024-02-29", "2024-02-29T00:00:00Z"],
  ])("written as %s is read as %s", (written, iso) => {
    expect(parseTime(written)).toBe(Date.parse(iso));
  });

  it.each([
    "",
    "yesterday",
    "31.01.2026",
    "2026-1-31",
    "2026-02-30",
    "2026-02-31 00:00:00 +00:00",
    "2025-02-29",
    "2026-13-01",
    "2026-01-31 25:00:00",
    "2026-01-31 12:60",
    "2026-01-31 12:30:05 +99:00",
    "2026-01-31 12:30:05 CET",
    "0000-01-01 00:00 +14:00",
    "9999-12-31 23:59 -12:00",
    "+012026-01-31",
    "1769817600",
  ])("is not %j", (written) => {
    expect(parseTime(written)).toBeUndefined();
  });
});

it("comes back to the second from the upstream's form", () => {
  const seconds = fc.integer({ min: Date.parse("0000-01-01") / 1000, max: Date.parse("9999-12-31") / 1000 });
  fc.assert(
    fc.property(seconds, (second) => {
      expect(parseTime(toUpstreamTime(second * 1000))).toBe(second * 1000);
    }),
  );
});

it("is refused or has an upstream form that reads the same, whatever the text", () => {
  const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
  const shaped = fc
    .tuple(
      digits(4),
      digits(2),
      digits(2),
      fc.constantFrom("", " 12:30", "T24:00:00", " 12-30-05"),
      fc.constantFrom("", "Z", " -12:00", "+1400"),
    )
    .map(([year, month, day, clock, zone]) => `${year}-${month}-${day}${clock}${clock && zone}`);
  fc.assert(
    fc.property(fc.oneof(shaped, fc.string()), (text) => {
      const epochMs = parseTime(text);
      const again = epochMs === undefined ? undefined : parseTime(toUpstreamTime(epochMs));
      expect(again).toBe(epochMs);
    }),
    { numRuns: 1000 },
  );
});
