import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toLogText } from "../../../src/serve/access-log.ts";

describe("text from outside in the log", () => {
  it("holds nothing that cannot be seen, and at most 201 characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const clean = toLogText(text);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(clean.length).toBeLessThanOrEqual(201);
      }),
      { endOnFailure: true },
    );
  });

  it.each([
    ["plain", "plain"],
    ["a\r\nb", "a?b"],
    ["a\u202eb\u2066c", "a?b?c"],
    ["x\u2028y\u200bz", "x?y?z"],
    ["x".repeat(201), `${"x".repeat(200)}…`],
  ])("%j becomes %j", (text, clean) => {
    expect(toLogText(text)).toBe(clean);
  });
});
