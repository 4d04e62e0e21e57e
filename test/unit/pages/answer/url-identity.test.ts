import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identifyUrl } from "../../../../src/pages/answer/url-identity.ts";
import { hostileText } from "../../../support/hostile-text.ts";

const keyOf = (url: string): string | undefined => identifyUrl(url)?.key;

describe("variants of one page", () => {
  it.each([
    "http://acme.example/a",
    "https://www.acme.example/a",
    "HTTPS://ACME.example/a",
    "https://acme.example:443/a",
    "http://acme.example:80/a",
    "https://acme.example./a",
    "https://acme.example/a/",
    "https://acme.example/a#part",
    "https://acme.example/a?",
    "https://user@acme.example/a",
    "//acme.example/a",
    "  https://acme.example/a\n",
  ])("share a key with https://acme.example/a: %s", (url) => {
    expect(keyOf(url)).toBe(keyOf("https://acme.example/a"));
  });
});

describe("other pages", () => {
  it.each([
    "https://acme.example/A",
    "https://acme.example/a/b",
    "https://acme.example/a?x=1",
    "https://acme.example/a)",
    "https://acme.example:8443/a",
    "https://shop.acme.example/a",
    "https://acme.example/",
  ])("have another key than https://acme.example/a: %s", (url) => {
    expect(keyOf(url)).toBeDefined();
    expect(keyOf(url)).not.toBe(keyOf("https://acme.example/a"));
  });

  it("are told apart by their query", () => {
    expect(keyOf("https://acme.example/a?x=1")).not.toBe(keyOf("https://acme.example/a?x=2"));
    expect(keyOf("https://acme.example/a/?x=1")).toBe(keyOf("http://acme.example/a?x=1"));
  });
});

it.each(["", "acme.example/a", "/a", "mailto:a@acme.example", "https://", "https:///a", "http://:80/"])(
  "no host is seen in %j",
  (url) => {
    expect(identifyUrl(url)).toBeUndefined();
  },
);

it.each([
  ["/new", "acme.example/new"],
  ["new", "acme.example/dir/new"],
  ["new/", "acme.example/dir/new"],
  ["?y=2", "acme.example/dir/page?y=2"],
  ["//other.example/x", "other.example/x"],
  ["https://other.example/", "other.example"],
])("a redirect from /dir/page?x=1 to %s leads to %s", (location, key) => {
  expect(identifyUrl(location, identifyUrl("https://acme.example/dir/page?x=1"))?.key).toBe(key);
});

it.each(["", "#top", "mailto:a@b.example", "javascript:void(0)"])("a redirect to %j leads nowhere", (location) => {
  expect(identifyUrl(location, identifyUrl("https://acme.example/"))).toBeUndefined();
});

it("keeps the path and query as written", () => {
  expect(identifyUrl("https://www.acme.example/A/?q=1#x")).toMatchObject({ host: "acme.example", path: "/A/?q=1" });
  expect(identifyUrl("https://acme.example")).toMatchObject({ path: "/" });
});

it("gives a page and its https twin one key, whatever the rest of the URL", () => {
  fc.assert(
    fc.property(fc.domain(), fc.oneof(fc.webPath(), hostileText), (host, rest) => {
      const path = `/${rest}`;
      expect(keyOf(`http://${host}${path}`)).toBe(keyOf(`https://www.${host}${path}`));
    }),
  );
});
