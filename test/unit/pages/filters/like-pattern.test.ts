import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileLike } from "../../../../src/lists/filters/filter.ts";

describe("a like pattern", () => {
  it.each([
    ["", "", true],
    ["a", "", false],
    ["", "%", true],
    ["ab", "a%b", true],
    ["ab", "a%%b", true],
    ["a", "a%a", false],
    ["aXbXc", "a%b%c", true],
    ["aXcXb", "a%b%c", false],
    ["abab", "%ab", true],
    ["abc", "%ab", false],
  ])("%j like %j is %s", (text, pattern, expected) => {
    expect(compileLike(pattern)(text)).toBe(expected);
  });

  it("finds a long piece where the engine's own search finds it", () => {
    const letters = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom("a", "a", "a", "b"), minLength, maxLength });
    fc.assert(
      fc.property(letters(0, 300), letters(201, 400), letters(0, 300), (before, piece, after) => {
        expect(compileLike(`%${piece}%`)(before + piece + after)).toBe(true);
        expect(compileLike(`%${piece}%`)(before + after)).toBe((before + after).includes(piece));
        expect(compileLike(`%${piece}%${piece}%`)(before + piece + after)).toBe(
          (before + piece + after).split(piece, 3).length === 3,
        );
      }),
    );
  });

  it("finds a long periodic piece only where all of it stands", () => {
    const piece = `${"ab".repeat(150)}a`;
    const holds = compileLike(`%${piece}%`);
    expect(holds("ab".repeat(151))).toBe(true);
    expect(holds("ab".repeat(150))).toBe(false);
    expect(holds(`${"ab".repeat(149)}b${piece}`)).toBe(true);
    expect(holds(`${"ab".repeat(100)}c${"ab".repeat(100)}`)).toBe(false);
  });
});
