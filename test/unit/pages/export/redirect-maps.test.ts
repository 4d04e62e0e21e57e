import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { renderRedirectsApache } from "../../../../src/pages/redirects/apache.ts";
import { renderRedirectsNetlify } from "../../../../src/pages/redirects/netlify.ts";
import { renderRedirectsNginx } from "../../../../src/pages/redirects/nginx.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { type ItemFacts, makeSnapshot } from "../../../support/make-snapshot.ts";
import { type ReadMap, readApache, readNetlify, readNginx } from "./read-maps.ts";

const FORMATS: readonly [name: string, render: (snapshot: PagesSnapshot) => string, read: (text: string) => ReadMap][] =
  [
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

/** An address that a certain rule is written for: it leads, permanently and by way of another, to the end. */
const moved = (url: string): ItemFacts[] => [
  page(url, 301, 9, "https://acme.example/by-way-of"),
  page("/by-way-of", 308, 0, "/the-end"),
];
const END = "https://acme.example/the-end";

describe.each(FORMATS)("a redirect map for %s", (_name, render, read) => {
  const mapOf = (...items: ItemFacts[]) => {
    const text = render(makeSnapshot({ items, totalCount: 22_261 }));
    return { ...read(text), text };
  };

  it.each([
    ["/old", "/old"],
    ["/caf%C3%A9", "/caf%C3%A9"],
    ["/café", "/caf%C3%A9"],
    ["/wiki/Anvil_(tool)", "/wiki/Anvil_(tool)"],
    ["/old?utm_source=x", "/old"],
    ["/?p=12", "/?p=12"],
    ["/a+b.html", "/a+b.html"],
    ["/with space", "/with%20space"],
    ["/tab\tand\nbreak", "/tabandbreak"],
  ])("sends visitors of %j who ask for %j to the target", (url, requestUri) => {
    const { answers } = mapOf(...moved(url), HOME);
    expect(answers("acme.example", requestUri)).toBe(END);
    expect(answers("www.acme.example", requestUri)).toBe(END);
  });

  it("takes the visitor's query along where it does not name the page", () => {
    const { answers } = mapOf(...moved("/old"), ...moved("/?p=12"), HOME);
    expect(answers("acme.example", "/old?fbclid=1&a=%20b")).toBe(`${END}?fbclid=1&a=%20b`);
    expect(answers("acme.example", "/?p=12")).toBe(END);
  });

  it("puts the rule for a query before that for its path, so that hosts which take the first come to both", () => {
    const items = [page("/list", 404, 90), page("/list?id=7", 404, 2), page("/new/list-page", 200), HOME];
    const { answers } = mapOf(
      page("/list", 301, 90, "/by-way-of"),
      page("/list?id=7", 301, 2, "/other"),
      page("/by-way-of", 301, 0, "/the-end"),
      page("/other", 301, 0, "/list-item-7"),
      ...items.slice(2),
    );
    expect(answers("acme.example", "/list?id=7")).toBe("https://acme.example/list-item-7");
    expect(answers("acme.example", "/list")).toBe(END);
  });

  it("catches nothing but its own address", () => {
    const { answers } = mapOf(...moved("/a.html"), ...moved("/?p=12"), HOME);
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
    const { answers } = mapOf(...moved("https://shop.acme.example/x"), HOME);
    expect(answers("shop.acme.example", "/x")).toBe(END);
    expect(answers("acme.example", "/x")).toBeUndefined();
  });

  it("shortens chains to their end, with its address encoded", () => {
    const { answers } = mapOf(page("/a", 301, 5, "/b"), page("/b", 301, 0, "/c d?x=$1&y=%41\"'"));
    expect(answers("acme.example", "/a")).toBe("https://acme.example/c%20d?x=%241&y=%41%22%27");
  });

  it.each<[string, ItemFacts[]]>([
    ["address that cannot be written safely", [...moved("/$host{}"), ...moved("/'quoted'"), HOME]],
    ["not on the target's own hosts", [...moved("https://evil.example/a"), ...moved("https://notacme.example/"), HOME]],
    ["address with %00, which servers refuse", [...moved("/null%00byte"), HOME]],
    ["home page, to be changed by hand", [page("/", 301, 5, "/en"), page("/en", 301, 0, "/en/")]],
    ["address of a live page or of a target", [...moved("/list"), page("/list?q=1", 200), HOME]],
    [
      "address of a live page or of a target",
      [
        page("http://www.acme.example/a", 301, 5, "//acme.example/a"),
        page("http://acme.example/a", 301, 0, "https://www.acme.example/a"),
      ],
    ],
  ])("leaves out and counts what is: %s", (reason, items) => {
    const { rules, text } = mapOf(...items);
    expect(rules).toBe(0);
    expect(text).toMatch(new RegExp(`^# Left out: \\d x ${reason}`, "m"));
  });

  it("says what it is, of which snapshot, and how much it covers", () => {
    const { text } = mapOf(
      page("/2019/anvil-care"),
      page("/old"),
      page("/busy", 503),
      page("/admin", 403),
      ...moved("/moved"),
      page("/guides/anvil-care", 200, 1),
      HOME,
    );
    const [what, from, covers, chains, repair] = text.split("\n");
    expect(what).toBe(
      "# Redirect map for acme.example: a suggestion to review line by line, not a finished configuration.",
    );
    expect(from).toMatch(/^# From snapshot s_\w{8} of 2026-07-08 14:46 UTC, 8 URLs of 22,261\.$/);
    expect(covers).toBe("# Covers 1 of 2 gone pages with links (http 404, 410); 1 needs a person.");
    expect(chains).toBe("# Covers 1 of 1 redirect URL to another redirect.");
    expect(repair).toBe(
      "# To repair, not to redirect: 1 page that refuses crawlers (401, 403, 429 …) and 1 in trouble (5xx).",
    );
    expect(text).toContain("# p1: http 404, 9 from 2 domains; to p7, similar page (0.83)\n");
    expect(text).toContain("# p2: http 404, 9 from 2 domains; https://acme.example/old: no live page is like it\n");
  });

  it("sends nobody to a section or the home page, and names what a person has to decide", () => {
    const { rules, text } = mapOf(page("/shop/axes/x9"), page("/harry-themed-houses"), page("/shop", 200), HOME);
    expect(rules).toBe(0);
    expect(text).toContain("Covers 0 of 2 gone pages with links (http 404, 410); 2 need a person.");
    expect(text).toContain("https://acme.example/shop/axes/x9: its section, perhaps p3 https://acme.example/shop\n");
    expect(text).toContain("https://acme.example/harry-themed-houses: no live page is like it\n");
  });

  it.each<[string, ItemFacts[]]>([
    ["a gate before a page", [page("/cart", 302, 40, "/auth/login"), page("/auth/login", 302, 30, "/dashboard")]],
    ["one temporary hop of two", [page("/cart", 301, 40, "/here"), page("/here", 307, 0, "/dashboard")]],
    ["an answer to a form", [page("/cart", 303, 40, "/here"), page("/here", 301, 0, "/dashboard")]],
    [
      "a permanent way to a log-in",
      [page("/cart", 301, 40, "/here"), page("/here", 301, 0, "/account/login?next=/cart")],
    ],
    ["another site", [page("/cart", 301, 40, "/here"), page("/here", 301, 0, "https://evil.example/")]],
    [
      "a temporary way to what is gone",
      [page("/cart", 302, 40, "/x/the-cart"), page("/x/the-cart", 404, 0), page("/y/the-cart", 200)],
    ],
  ])("makes no permanent redirect of %s", (_what, items) => {
    const { answers, text } = mapOf(...items, page("/dashboard", 200), HOME);
    expect(answers("acme.example", "/cart")).toBeUndefined();
    expect(text).toMatch(/1 needs a person/);
  });

  it("sends a dead variant to its living twin under the other name of the host, and nobody who finds it there", () => {
    const { answers } = mapOf(
      page("http://acme.example/anvils", 404),
      page("https://www.acme.example/anvils", 200),
      HOME,
    );
    expect(answers("acme.example", "/anvils")).toBe("https://www.acme.example/anvils");
    expect(answers("www.acme.example", "/anvils")).toBeUndefined();
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

it.each<[string, ItemFacts[]]>([
  ["with and without a slash", [page("/anvils"), page("/anvils/", 200)]],
  ["with further parameters", [...moved("/list?id=1"), page("/list?id=1&page=2", 200)]],
])("leaves out for Netlify, which takes both for one, what lives %s", (_what, items) => {
  const text = renderRedirectsNetlify(makeSnapshot({ items: [...items, HOME] }));
  expect(readNetlify(text, "acme.example").rules).toBe(0);
  expect(text).toContain("# Left out: 1 x address of a live page or of a target.");
  for (const [render, read] of [
    [renderRedirectsNginx, readNginx],
    [renderRedirectsApache, readApache],
  ] as const) {
    expect(read(render(makeSnapshot({ items: [...items, HOME] }))).rules).toBe(1);
  }
});

it.each(["/download%2Fapp", "/download%2fapp%2fa.mp4"])("leaves out for Apache %s, which it refuses itself", (url) => {
  const snapshot = makeSnapshot({ items: [...moved(url), HOME] });
  const text = renderRedirectsApache(snapshot);
  expect(readApache(text).rules).toBe(0);
  expect(text).toContain(
    "# Left out: 1 x address with %2F, which Apache refuses unless AllowEncodedSlashes is NoDecode.",
  );
  expect(readNginx(renderRedirectsNginx(snapshot)).answers("acme.example", url)).toBe(END);
});

it("leaves out for nginx, which ignores letter case in keys, what differs from a live page in it only", () => {
  const items = [page("/Hammer"), page("/hammer", 200), HOME];
  expect(readNginx(renderRedirectsNginx(makeSnapshot({ items }))).rules).toBe(0);
  expect(readApache(renderRedirectsApache(makeSnapshot({ items }))).answers("acme.example", "/Hammer")).toBe(
    "https://acme.example/hammer",
  );
});

it("tells the bucket size without which nginx would not start on long keys", () => {
  const textOf = (url: string) => renderRedirectsNginx(makeSnapshot({ items: [...moved(url), HOME] }));
  expect(textOf("/old")).not.toContain("map_hash_bucket_size");
  expect(textOf(`/${"a".repeat(150)}`)).toContain(
    "# Long keys: the http block needs map_hash_bucket_size 256; or more.",
  );
});

it.each([
  ["/a:b", "address that this format cannot hold"],
  ["//double", "address that this format cannot hold"],
  ["/a//b", "address that this format cannot hold"],
  ["/.netlify/x", "address that this format cannot hold"],
  ["/a?flag", "address with a query that Netlify reads otherwise"],
  ["/a?x=1=2", "address with a query that Netlify reads otherwise"],
  ["/a?q=a%20b", "address with a query that Netlify reads otherwise"],
  ["/a?q=caf%C3%A9", "address with a query that Netlify reads otherwise"],
  ["/a?q=a+b", "address with a query that Netlify reads otherwise"],
  ["/a?a.b=1", "address with a query that Netlify reads otherwise"],
  ["/a?id=1&id=2", "address with a parameter twice, which Netlify never finds"],
])("leaves out for Netlify %s: %s", (url, reason) => {
  const text = renderRedirectsNetlify(makeSnapshot({ items: [...moved(url), HOME] }));
  expect(readNetlify(text, "acme.example").rules).toBe(0);
  expect(text).toContain(`# Left out: 1 x ${reason}.`);
});

it("encodes for Netlify the colons of a target, which would be placeholders", () => {
  const items = [page("/a", 301, 5, "/b"), page("/b", 301, 0, "/:splat/https://x")];
  const { answers } = readNetlify(renderRedirectsNetlify(makeSnapshot({ items })), "acme.example");
  expect(answers("acme.example", "/a")).toBe("https://acme.example/%3Asplat/https%3A//x");
});
