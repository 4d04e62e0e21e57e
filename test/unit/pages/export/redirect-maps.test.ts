import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderRedirectsApache } from "../../../../src/pages/redirects/apache.ts";
import { renderRedirectsNetlify } from "../../../../src/pages/redirects/netlify.ts";
import { renderRedirectsNginx } from "../../../../src/pages/redirects/nginx.ts";
import type { Snapshot } from "../../../../src/pages/snapshot.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { type ItemFacts, makeSnapshot } from "../../../support/make-snapshot.ts";
import { type ReadMap, readApache, readNetlify, readNginx } from "./read-maps.ts";

const FORMATS: readonly [name: string, render: (snapshot: Snapshot) => string, read: (text: string) => ReadMap][] = [
  ["nginx", renderRedirectsNginx, readNginx],
  ["Apache", renderRedirectsApache, readApache],
  ["Netlify", renderRedirectsNetlify, (text) => readNetlify(text, "acme.example")],
];

const page = (url: string, status = 404, backlinks = 9, location: string | null = null): ItemFacts => ({
  url: url.startsWith("/") ? `https://acme.example${url}` : url,
  status,
  location,
  summary: { backlinks, referring_domains: 2 },
});
const HOME = page("/", 200);

describe.each(FORMATS)("a redirect map for %s", (_name, render, read) => {
  const mapOf = (...items: ItemFacts[]) => {
    const text = render(makeSnapshot({ items, totalCount: 22_261 }));
    return { ...read(text), text };
  };

  it.each([
    ["/old", "/old"],
    ["/old", "/old?fbclid=1"],
    ["/caf%C3%A9", "/caf%C3%A9"],
    ["/café", "/caf%C3%A9"],
    ["/wiki/Anvil_(tool)", "/wiki/Anvil_(tool)"],
    ["/old?utm_source=x", "/old"],
    ["/?p=12", "/?p=12"],
    ["/a+b.html", "/a+b.html"],
    ["/with space", "/with%20space"],
    ["/tab\tand\nbreak", "/tabandbreak"],
  ])("sends visitors of %j who ask for %j to the target", (url, requestUri) => {
    const { answers } = mapOf(page(url), HOME);
    expect(answers("acme.example", requestUri)).toBe("https://acme.example/");
    expect(answers("www.acme.example", requestUri)).toBe("https://acme.example/");
  });

  it("catches nothing but its own address", () => {
    const { answers } = mapOf(page("/a.html"), page("/?p=12"), HOME);
    for (const [host, requestUri] of [
      ["acme.example", "/"],
      ["acme.example", "/?p=123"],
      ["acme.example", "/a_html"],
      ["acme.example", "/a.html/b"],
      ["acme.example", "/b/a.html"],
      ["shop.acme.example", "/a.html"],
      ["notacme.example", "/a.html"],
      ["acmexexample", "/a.html"],
    ] as const) {
      expect({ host, requestUri, to: answers(host, requestUri) }).toEqual({ host, requestUri, to: undefined });
    }
  });

  it("keeps subdomains apart", () => {
    const { answers } = mapOf(page("https://shop.acme.example/x"), page("https://shop.acme.example/", 200), HOME);
    expect(answers("shop.acme.example", "/x")).toBe("https://shop.acme.example/");
    expect(answers("acme.example", "/x")).toBeUndefined();
  });

  it("shortens chains to their end, with its address encoded", () => {
    const { answers } = mapOf(page("/a", 301, 5, "/b"), page("/b", 301, 0, "/c d?x=$1&y=%41\"'"));
    expect(answers("acme.example", "/a")).toBe("https://acme.example/c%20d?x=%241&y=%41%22%27");
  });

  it.each<[string, ItemFacts[]]>([
    ["refused or failing, not gone", [page("/admin", 403), page("/checkout", 500), HOME]],
    ["address that cannot be written safely", [page("/$host{}"), page("/'quoted'"), HOME]],
    ["not on the target's own hosts", [page("https://evil.example/a"), page("https://notacme.example/"), HOME]],
    ["leads to another site", [page("/a", 301, 5, "/b"), page("/b", 301, 5, "https://evil.example/")]],
    ["no live page to point to", [page("/a"), page("/", 404)]],
    ["home page, to be changed by hand", [page("/", 301, 5, "/en"), page("/en", 301, 0, "/en/")]],
    ["address of a live page or of a target", [page("/list"), page("/list?q=1", 200), HOME]],
    [
      "address of a live page or of a target",
      [
        page("http://acme.example/a", 301, 5, "//www.acme.example/a"),
        page("http://www.acme.example/a", 301, 0, "https://www.acme.example/a"),
      ],
    ],
  ])("leaves out and counts what is: %s", (reason, items) => {
    const { rules, text } = mapOf(...items);
    expect(rules).toBe(0);
    expect(text).toMatch(new RegExp(`^# Left out: \\d x ${reason}`, "m"));
  });

  it("says what it is, of which snapshot, and how much it covers", () => {
    const { text } = mapOf(page("/old"), page("/busy", 503), HOME);
    const [what, from, covers] = text.split("\n");
    expect(what).toBe(
      "# Redirect map for acme.example: a suggestion to review line by line, not a finished configuration.",
    );
    expect(from).toMatch(/^# From snapshot s_\w{8} of 2026-07-08 14:46 UTC, 3 pages of 22,261\.$/);
    expect(covers).toContain("Covers 1 of 2 dead pages with links (http >= 400)");
    expect(text).toContain("# p1: http 404, 9 from 2 domains; to p3, home page\n");
  });

  it("says first that the sandbox's data is not real", () => {
    expect(render(makeSnapshot({ items: [page("/old")], source: "sandbox" }))).toMatch(/^# SANDBOX: /);
  });

  it("holds no rule for a snapshot without pages", () => {
    expect(mapOf().rules).toBe(0);
  });

  const nasty = fc.constantFrom(
    '"',
    "'",
    "`",
    "$",
    "{",
    "}",
    ";",
    "#",
    "\\",
    "%",
    " ",
    "\n",
    "\r\n",
    "*",
    ":",
    "|",
    "^",
  );
  const loose = fc.oneof(
    hostileText,
    fc.array(fc.oneof(nasty, fc.string({ maxLength: 4 }))).map((all) => all.join("")),
  );
  const host = fc.constantFrom(
    "acme.example",
    "www.acme.example",
    "shop.acme.example",
    "evil.example",
    "user:pw@acme.example:8080",
  );
  const url = fc.oneof(
    fc.tuple(host, loose).map(([name, rest]) => `https://${name}/${rest}`),
    fc.tuple(host, loose, loose).map(([name, path, query]) => `http://${name}/${path}?${query}`),
    loose,
  );
  const item = fc.record({
    url,
    status: fc.constantFrom(200, 301, 404, 410),
    location: fc.option(url),
    title: loose,
    summary: fc.record({ backlinks: fc.nat(50) }),
  });

  it("is nothing but comments and well-formed redirects between own hosts, whatever the pages hold", () => {
    const own = /^https?:\/\/(?:[a-z]+\.)?acme\.example\/[\w\-.~!()+,;:@&=/%?]*$/;
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (items) => {
        const snapshot = makeSnapshot({ items });
        const { rules, answers } = read(render(snapshot));
        expect(rules).toBeLessThanOrEqual(items.length);
        for (const { url: from } of items) {
          if (!URL.canParse(from)) continue;
          const { host: sent, pathname, search } = new URL(from);
          const to = answers(sent, pathname + search);
          if (to !== undefined) expect(to).toMatch(own);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never sends a visitor of a living page away, nor round in circles", () => {
    const word = fc.constantFrom("a", "A", "b", "a/", "a?x=1", "a?utm_source=x", "", "index.html", "?p=1");
    const near = fc.record({
      url: fc
        .tuple(fc.constantFrom("http://acme.example/", "https://www.acme.example/"), word)
        .map((all) => all.join("")),
      status: fc.constantFrom(200, 301, 404),
      location: word.map((each) => `https://acme.example/${each}`),
      summary: fc.record({ backlinks: fc.integer({ min: 1, max: 50 }) }),
    });
    fc.assert(
      fc.property(fc.array(near, { maxLength: 8 }), (items) => {
        const { answers } = read(render(makeSnapshot({ items })));
        const ask = (address: string) => {
          const { host: sent, pathname, search } = new URL(address);
          return answers(sent, pathname + search);
        };
        for (const { url: from, status } of items) {
          const to = ask(from);
          if (status === 200) expect(to).toBeUndefined();
          else if (to !== undefined) expect({ from, to, after: ask(to) }).toEqual({ from, to, after: undefined });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

it("leaves out for nginx, which ignores letter case in keys, what differs from a live page in it only", () => {
  const items = [page("/Hammer"), page("/hammer", 200), HOME];
  expect(readNginx(renderRedirectsNginx(makeSnapshot({ items }))).rules).toBe(0);
  expect(readApache(renderRedirectsApache(makeSnapshot({ items }))).answers("acme.example", "/Hammer")).toBe(
    "https://acme.example/hammer",
  );
});

it("tells the bucket size without which nginx would not start on long keys", () => {
  const textOf = (url: string) => renderRedirectsNginx(makeSnapshot({ items: [page(url), HOME] }));
  expect(textOf("/old")).not.toContain("map_hash_bucket_size");
  expect(textOf(`/${"a".repeat(150)}`)).toContain(
    "# Long keys: the http block needs map_hash_bucket_size 256; or more.",
  );
});

it.each(["/a:b", "//double", "/a?flag", "/a?x=1=2"])(
  "leaves out for Netlify %s, which it would read otherwise",
  (url) => {
    const text = renderRedirectsNetlify(makeSnapshot({ items: [page(url), HOME] }));
    expect(readNetlify(text, "acme.example").rules).toBe(0);
    expect(text).toContain("# Left out: 1 x address that this format cannot hold.");
  },
);

it("encodes for Netlify the colons of a target, which would be placeholders", () => {
  const items = [page("/a", 301, 5, "/b"), page("/b", 301, 0, "/:splat/https://x")];
  const { answers } = readNetlify(renderRedirectsNetlify(makeSnapshot({ items })), "acme.example");
  expect(answers("acme.example", "/a")).toBe("https://acme.example/%3Asplat/https%3A//x");
});
