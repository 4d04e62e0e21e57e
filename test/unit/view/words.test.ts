import { describe, expect, it } from "vitest";
import { createWords, shorten, toSafeUrl, toShownUrl, UNKNOWN } from "../../../src/view/words/words.ts";

describe("figures and dates", () => {
  const english = createWords("en-US", "UTC");

  it("are written as the reader's place writes them", () => {
    const german = createWords("de-DE", "Europe/Berlin");
    expect([english.count(22_261), german.count(22_261)]).toEqual(["22,261", "22.261"]);
    expect([english.date("2026-01-31"), german.date("2026-01-31")]).toEqual(["Jan 31, 2026", "31.01.2026"]);
    expect(english.country("DE")).toBe("Germany");
    expect(german.country("DE")).toBe("Deutschland");
    const time = Date.UTC(2026, 6, 8, 23, 30);
    expect([english.moment(time), german.moment(time)]).toEqual(["Jul 8, 2026, 11:30 PM", "09.07.2026, 01:30"]);
  });

  it("keep a price whole, down to a millionth", () => {
    expect([english.usd(0.03), english.usd(0.02436), english.usd(0)]).toEqual(["$0.03", "$0.02436", "$0.00"]);
  });

  it("tell a range from an exact figure and from a least one", () => {
    expect(english.range({ low: 801, high: 938 })).toBe("801–938");
    expect(english.range({ low: 5, high: 5 })).toBe("5");
    expect(english.range({ low: 5, high: null })).toBe("5+");
    expect(english.range(null)).toBe(UNKNOWN);
    expect(english.count(0)).toBe("0");
  });

  it("do without a place that cannot be read, and leave a date that is none as it came", () => {
    const words = createWords("not a locale", "Not/A_Zone");
    expect(words.count(5)).toBe("5");
    expect(words.date("soon")).toBe("soon");
    expect(words.moment(Number.NaN)).toBe("time unknown");
    expect(words.country("(unknown)")).toBe("(unknown)");
  });

  it("count one page and many pages", () => {
    expect([english.counted(1, "page"), english.counted(2000, "page")]).toEqual(["1 page", "2,000 pages"]);
    expect([english.period("2024-05"), english.period("2024")]).toEqual(["May 2024", "2024"]);
  });
});

describe("addresses", () => {
  it.each([
    ["https://acme.example/blog", "/blog"],
    ["http://acme.example/", "/"],
    ["https://shop.acme.example/x", "shop.acme.example/x"],
    ["javascript:alert(1)", "javascript:alert(1)"],
    ["https://acme.example.evil.example/", "acme.example.evil.example/"],
  ])("%s is read as %s in a list of acme.example", (url, shown) => {
    expect(toShownUrl(url, "acme.example")).toBe(shown);
  });

  it.each(["https://acme.example/a b", "http://acme.example"])("%s may be opened", (url) => {
    expect(toSafeUrl(url)).toMatch(/^https?:\/\/acme\.example\//);
  });

  it.each([
    "javascript:alert(1)",
    " https://acme.example",
    "data:text/html,x",
    "file:///etc/passwd",
    "//acme.example",
    "https://",
    "",
    "java\nscript:alert(1)",
  ])("%j may not be opened", (url) => {
    expect(toSafeUrl(url)).toBeNull();
  });

  it("are cut where nobody reads on, and the cut is marked", () => {
    expect(shorten("x".repeat(700))).toBe(`${"x".repeat(599)}…`);
  });
});
