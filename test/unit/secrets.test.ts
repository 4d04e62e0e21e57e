import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHider } from "../../src/secrets.ts";

const KEY = "zz-other-form-0123456789abcdefghijklmnopqrstuvwxyz";
const AISA_KEY = "sk-aisa-Q7wR5tY9pL2mN8bV";
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a hider", () => {
  it.each([
    ["as it is", KEY],
    ["in capitals", KEY.toUpperCase()],
    ["cut at its end", KEY.slice(0, 14)],
    ["cut at its beginning", KEY.slice(-9)],
    ["cut at both", KEY.slice(5, 30)],
    ["with its middle masked", `${KEY.slice(0, 10)}****${KEY.slice(-10)}`],
    ["in base64", base64(KEY)],
    ["in base64 behind a name", base64(`me:${KEY}`)],
    ["in base64 as a header", base64(`Bearer ${KEY}`)],
    ["in base64 for URLs, cut", Buffer.from(KEY).toString("base64url").slice(0, 20)],
  ])("hides a secret %s", (_how, written) => {
    const shown = createHider([KEY]).pieces(`no key ${written}, said the gateway`);
    expect(shown).toMatch(/^no key \S*\[redacted\]\S*, said the gateway$/);
    for (let at = 0; at + 8 <= KEY.length; at++) expect(shown.toLowerCase()).not.toContain(KEY.slice(at, at + 8));
  });

  it.each([
    ["a quote and a backslash, as JSON writes them", 'p"ss\\word-7', JSON.stringify('p"ss\\word-7').slice(1, -1)],
    ["a sign, as URLs write it", "p@ss/word-7", encodeURIComponent("p@ss/word-7")],
  ])("hides a secret with %s", (_what, secret, written) => {
    expect(createHider([secret]).whole(`x ${written} y`)).toBe("x [redacted] y");
  });

  it("takes the prefix that all keys have with a piece, and leaves it alone without one", () => {
    const { pieces } = createHider([AISA_KEY]);
    expect(pieces(`bad key ${AISA_KEY.slice(0, 17)}`)).toBe("bad key [redacted]");
    expect(pieces("keys begin with sk-aisa-")).toBe("keys begin with sk-aisa-");
  });

  it("leaves data as they are, but for whole secrets", () => {
    const { whole } = createHider([KEY]);
    const data = `{"page":"https://acme.example/0123456789"} İ ${KEY.slice(0, 20)}`;
    expect(whole(data)).toBe(data);
    expect(whole(`${data}${KEY}`)).toBe(`${data}[redacted]`);
  });

  it("leaves no eight characters of a secret, wherever it is cut and whatever stands around it", () => {
    const text = fc.string({ maxLength: 30 });
    const cut = fc.tuple(fc.nat(KEY.length - 8), fc.integer({ min: 8, max: KEY.length }));
    fc.assert(
      fc.property(text, cut, text, (before, [from, length], after) => {
        const shown = createHider([AISA_KEY, KEY]).pieces(before + KEY.slice(from, from + length) + after);
        for (let at = 0; at + 8 <= KEY.length; at++) expect(shown).not.toContain(KEY.slice(at, at + 8));
        expect(shown.startsWith(before) || before.length > 0).toBe(true);
      }),
    );
  });

  it("changes nothing in a text without a secret", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(createHider(["correct horse battery"]).pieces(text)).toBe(text);
      }),
    );
  });
});
