import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDeeperThan, parseBody } from "../../../src/serve/request-body.ts";

const bytes = (text: string) => Buffer.from(text, "utf8");

/** The depth by walking the parsed value. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

const reasonOf = (text: string | Buffer, maxDepth = 64) => {
  try {
    parseBody(Buffer.from(text), maxDepth, 2);
    return "none";
  } catch (error) {
    return (error as { reason?: string }).reason;
  }
};

describe("the depth of a body", () => {
  it("is measured as the parsed value has it, whatever its strings hold", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 8 }), (value, maxDepth) => {
        expect(isDeeperThan(bytes(JSON.stringify(value)), maxDepth)).toBe(depthOf(value) > maxDepth);
      }),
      { endOnFailure: true },
    );
  });

  it("is never underrated: whatever parses is no deeper than was measured", () => {
    const noise = fc.string({ unit: fc.constantFrom("[", "]", "{", "}", '"', "\\", ",", ":", "1", "é") });
    fc.assert(
      fc.property(noise, (text) => {
        fc.pre(!isDeeperThan(bytes(text), 3));
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          return;
        }
        expect(depthOf(value)).toBeLessThanOrEqual(3);
      }),
      { endOnFailure: true, numRuns: 2000 },
    );
  });
});

describe("a body that is no message", () => {
  it.each([
    ["", "not_json"],
    ['{"a":', "not_json"],
    ["[[[1]]]", "too_deep"],
    ["[1,2,3]", "too_many_messages"],
    ["[1,2]", "none"],
    ["\ufeff{}", "none"],
    ["3", "none"],
  ])("%j: %s", (text, reason) => {
    expect(reasonOf(text, 2)).toBe(reason);
  });

  it("is refused when it is not UTF-8, without a replacement character", () => {
    expect(reasonOf(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBe("not_utf8");
    expect(reasonOf(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe("not_utf8");
  });

  it("does not stand in the refusal", () => {
    try {
      parseBody(bytes('{"secret-mark'), 64, 2);
      expect.unreachable();
    } catch (error) {
      expect(`${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain("secret-mark");
    }
  });
});
