import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countOf, formatCount, formatMinute, formatUsd, quoteForMessage, toOneLine } from "../../../src/lists/text.ts";
import { hostileText } from "../../support/hostile-text.ts";

/** Whatever could break a line, turn its direction, or hide in it. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\u115f|\u1160|\u3164|\uffa0|\u034f|[\ufe00-\ufe0f]/u;

describe("a stranger's text on one line", () => {
  it.each([
    ["plain text", "Blog – Acme", "Blog – Acme"],
    ["line breaks", "one\r\ntwo\u2028three\u2029four\u0085five", "one two three four five"],
    ["white space", "  a \t\u00a0\u3000 b  ", "a b"],
    ["direction marks", "user\u202egnp.exe\u202c \u2066x\u2069\u200f", "usergnp.exe x"],
    ["zero-width marks", "pass\u200bword\ufeff\u2060\u00ad", "password"],
    ["terminal controls", "\u001b[31mred\u0007", "[31mred"],
    ["tag characters", "a\u{e0041}\u{e0042}b", "ab"],
    ["invisible letters", "a\u3164\u115fb", "ab"],
    ["lone surrogates", "a\ud800b\udc00", "ab"],
    ["nothing visible", "\u200b\n\u202e", ""],
  ])("keeps what can be seen of %s", (_what, text, line) => {
    expect(toOneLine(text, 80)).toBe(line);
  });

  it("marks a cut, and counts whole characters", () => {
    expect(toOneLine("abcdef", 6)).toBe("abcdef");
    expect(toOneLine("abcdefg", 6)).toBe("abcde…");
    expect(toOneLine("ab cdefg", 4)).toBe("ab…");
    expect(toOneLine("🙂🙂🙂", 3)).toBe("🙂🙂🙂");
    expect(toOneLine("🙂🙂🙂🙂", 3)).toBe("🙂🙂…");
    expect(toOneLine("ab", 1)).toBe("…");
  });

  it("marks a cut also where white space was most of what was cut", () => {
    expect(toOneLine(`a${" ".repeat(1000)}b`, 10)).toBe("a…");
  });

  it("is bounded and visible whatever the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(hostileText, fc.string({ unit: "binary", maxLength: 200 })),
        fc.integer({ min: 1, max: 60 }),
        (text, maxChars) => {
          const line = toOneLine(text, maxChars);
          expect(line).not.toMatch(UNSEEN);
          expect(line).toBe(line.trim());
          expect(Array.from(line).length).toBeLessThanOrEqual(maxChars);
          expect(toOneLine(line, maxChars)).toBe(line);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

it("quotes a caller's value in a message", () => {
  expect(quoteForMessage('say "hi"\n')).toBe('"say \\"hi\\""');
  expect(quoteForMessage("x".repeat(200))).toHaveLength(82);
});

it.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [22261, "22,261"],
  [1457807, "1,457,807"],
  [-1234, "-1,234"],
  [1234.5678, "1,234.5678"],
])("writes the count %d as %s", (value, written) => {
  expect(formatCount(value)).toBe(written);
});

it.each([
  [0, "page", "0 pages"],
  [1, "page", "1 page"],
  [1410, "backlink", "1,410 backlinks"],
])("counts %d %s as %s", (count, noun, written) => {
  expect(countOf(count, noun)).toBe(written);
});

it.each([
  [0, "$0"],
  [1, "$1"],
  [0.02436, "$0.02436"],
  [0.012, "$0.012"],
  [0.0000001, "$0.0000001"],
  [1.9999999, "$1.9999999"],
  [0.1 + 0.2, "$0.3"],
  [1234.5, "$1,234.5"],
  [100, "$100"],
])("writes %d dollars as %s", (usd, written) => {
  expect(formatUsd(usd)).toBe(written);
});

it("writes a time to the minute", () => {
  expect(formatMinute(Date.UTC(2026, 6, 8, 14, 46, 59))).toBe("2026-07-08 14:46 UTC");
});
