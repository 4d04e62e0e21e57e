import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fold, foldPages, mapFolded } from "../../../../src/pages/answer/fold.ts";
import { type ItemFacts, makePages } from "../../../support/make-snapshot.ts";

const at = (path: string) => `https://acme.example${path}`;

const fold = (...items: ItemFacts[]): Fold[] => foldPages(makePages(items));

/** Which handles each fold holds, its main one first. */
const handlesOf = (folds: readonly Fold[]): string[][] =>
  folds.map(({ main, members }) => [
    main.handle,
    ...members.filter((page) => page !== main).map(({ handle }) => handle),
  ]);

describe("which pages are folded", () => {
  it("folds variants of one URL", () => {
    const folds = fold(
      { url: at("/a"), status: 200 },
      { url: "http://www.acme.example/a/#x", status: 200 },
      { url: at("/b"), status: 200 },
    );
    expect(handlesOf(folds)).toEqual([["p1", "p2"], ["p3"]]);
  });

  it("folds an http page that redirects to its https twin", () => {
    const folds = fold({ url: "http://acme.example/", status: 301, location: at("/") }, { url: at("/"), status: 200 });
    expect(handlesOf(folds)).toEqual([["p2", "p1"]]);
    expect(folds[0]?.redirects).toBe(1);
  });

  it("folds a redirect with the fetched page it leads to", () => {
    const folds = fold({ url: at("/new"), status: 200 }, { url: at("/old"), status: 302, location: "/new" });
    expect(handlesOf(folds)).toEqual([["p1", "p2"]]);
  });

  it("follows a chain to its end", () => {
    const folds = fold(
      { url: at("/a"), status: 301, location: at("/b") },
      { url: at("/b"), status: 301, location: "c" },
      { url: at("/c"), status: 404 },
    );
    expect(handlesOf(folds)).toEqual([["p3", "p1", "p2"]]);
  });

  it("follows a chain through an http page and its https twin", () => {
    const folds = fold(
      { url: "http://acme.example/x", status: 301, location: at("/x") },
      { url: at("/x"), status: 301, location: at("/y") },
      { url: at("/y"), status: 200 },
    );
    expect(handlesOf(folds)).toEqual([["p3", "p1", "p2"]]);
  });

  it("takes a redirect's relative location from the variant that it stands on", () => {
    const folds = fold(
      { url: at("/a"), status: 301, location: at("/dir") },
      { url: at("/dir/"), status: 301, location: "b" },
      { url: at("/dir/b"), status: 200 },
    );
    expect(handlesOf(folds)).toEqual([["p3", "p1", "p2"]]);
  });

  it("stays with a variant that answers, wherever its twin redirects to", () => {
    const folds = fold(
      { url: "http://acme.example/a", status: 301, location: at("/b") },
      { url: at("/a"), status: 200 },
      { url: at("/b"), status: 200 },
    );
    expect(handlesOf(folds)).toEqual([["p2", "p1"], ["p3"]]);
  });

  it("lets variants part that redirect to different pages", () => {
    const folds = fold(
      { url: "http://acme.example/a", status: 301, location: at("/b") },
      { url: at("/a"), status: 301, location: at("/c") },
      { url: at("/b"), status: 200 },
      { url: at("/c"), status: 200 },
    );
    expect(handlesOf(folds)).toEqual([
      ["p3", "p1"],
      ["p4", "p2"],
    ]);
  });

  it("folds a loop into one, with the pages that lead into it", () => {
    const folds = fold(
      { url: at("/a"), status: 301, location: at("/c") },
      { url: at("/b"), status: 301, location: at("/c") },
      { url: at("/c"), status: 301, location: at("/b") },
    );
    expect(folds).toHaveLength(1);
    expect(folds[0]?.redirects).toBe(2);
  });

  it("gives up on a chain as browsers do", () => {
    const chain = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        url: at(`/${index}`),
        status: 301,
        location: at(`/${index + 1}`),
      }));
    expect(fold(...chain(20), { url: at("/20"), status: 200 })).toHaveLength(1);
    expect(fold(...chain(25), { url: at("/25"), status: 200 }).length).toBeGreaterThan(1);
  });

  it.each<[string, ItemFacts]>([
    ["leads off the fetched pages", { url: at("/old"), status: 301, location: "https://other.example/" }],
    ["names no location", { url: at("/old"), status: 301 }],
    ["leads to itself", { url: at("/old"), status: 301, location: at("/old/") }],
    ["leads to no page", { url: at("/old"), status: 301, location: "mailto:x@acme.example" }],
    ["has a location without being a redirect", { url: at("/old"), status: 200, location: at("/") }],
  ])("leaves a page alone that %s", (_what, item) => {
    expect(handlesOf(fold({ url: at("/"), status: 200 }, item))).toEqual([["p1"], ["p2"]]);
  });

  it("folds a redirect to a tracking variant of a fetched page", () => {
    const folds = fold(
      { url: at("/new/"), status: 200 },
      { url: at("/old"), status: 301, location: "http://www.acme.example/new/index.html?utm_source=old#x" },
    );
    expect(handlesOf(folds)).toEqual([["p1", "p2"]]);
  });

  it("folds a redirect that strips tracking", () => {
    const folds = fold({ url: at("/a?ref=x"), status: 301, location: at("/a") }, { url: at("/a"), status: 200 });
    expect(handlesOf(folds)).toEqual([["p2", "p1"]]);
    expect(folds[0]?.redirects).toBe(1);
  });

  it("folds the polluted home page into one row", () => {
    const folds = fold(
      { url: "http://www.acme.example", status: 301, location: at("/") },
      { url: at("/"), status: 200 },
      { url: at("/?utm_source=newsletter&utm_medium=email"), status: 200 },
      { url: at("/?ref=partnerlist"), status: 200 },
      { url: at("/index.html"), status: 301, location: "/" },
      { url: at("/#top"), status: 200 },
      { url: at("/?p=12"), status: 200 },
    );
    expect(handlesOf(folds)).toEqual([["p2", "p1", "p3", "p4", "p5", "p6"], ["p7"]]);
    expect(folds[0]?.redirects).toBe(2);
  });

  it.each([
    ["/index.html", "/"],
    ["/", "/index.php"],
    ["/a", "/a/"],
    ["/a/", "/a"],
  ])("does not fold a dead %s with a living %s: that they are one page is only a habit", (dead, living) => {
    const folds = fold({ url: at(living), status: 200 }, { url: at(dead), status: 404 });
    expect(handlesOf(folds)).toEqual([["p1"], ["p2"]]);
  });

  it("folds a dead variant that a server cannot tell from the living one, or where both are dead", () => {
    expect(fold({ url: at("/a"), status: 200 }, { url: at("/a#x"), status: 404 })).toHaveLength(1);
    expect(fold({ url: at("/a"), status: 404 }, { url: at("/a/"), status: 410 })).toHaveLength(1);
  });

  it("follows a redirect past a dead spelling, or to it", () => {
    const past = fold(
      { url: at("/a"), status: 301, location: at("/b") },
      { url: at("/a/"), status: 404 },
      { url: at("/b"), status: 200 },
    );
    expect(handlesOf(past)).toEqual([["p3", "p1"], ["p2"]]);
    const to = fold(
      { url: at("/a"), status: 301, location: at("/a/") },
      { url: at("/a/"), status: 404 },
      { url: "http://acme.example/a/", status: 404 },
    );
    expect(handlesOf(to)).toEqual([["p2", "p1", "p3"]]);
  });

  it("keeps malformed URLs as pages of their own", () => {
    const folds = fold(
      { url: at("/a"), status: 200 },
      { url: at("/a)"), status: 404 },
      { url: "not a url" },
      { url: "not a url" },
      { url: null },
    );
    expect(handlesOf(folds)).toEqual([["p1"], ["p2"], ["p3"], ["p4"], ["p5"]]);
  });

  it("does not take a host that is spelt like a handle for that page", () => {
    expect(fold({ url: "" }, { url: "http://p1/", status: 200 })).toHaveLength(2);
  });
});

describe("which member lends the row its name", () => {
  it("is the one that answers, then the broken one, then the redirect", () => {
    const variants = (...statuses: (number | null)[]) =>
      fold(...statuses.map((status, index) => ({ url: at(`/a#${index}`), status })))[0]?.main.status;
    expect(variants(301, 404, 200)).toBe(200);
    expect(variants(301, null, 404)).toBe(404);
    expect(variants(301, null)).toBeNull();
  });

  it("is the one with more links among equals, and the first among those", () => {
    const items = [3, 9, 9].map((backlinks, index) => ({
      url: at(`/a#${index}`),
      status: 200,
      summary: { backlinks },
    }));
    expect(fold(...items)[0]?.main.handle).toBe("p2");
  });
});

describe("among variants that answer", () => {
  it("the one without tracking lends the name, though it has fewer links", () => {
    const folds = fold(
      { url: at("/?utm_source=chatgpt.com"), status: 200, summary: { backlinks: 90 } },
      { url: at("/"), status: 200, summary: { backlinks: 10 } },
    );
    expect(folds[0]).toMatchObject({ main: { handle: "p2" }, backlinks: 100 });
  });
});

describe("the canonical page", () => {
  const canonicalOf = (canonical: unknown, ...others: ItemFacts[]) => {
    const [page, ...rest] = makePages([{ url: at("/a"), status: 200 }, ...others]);
    if (page === undefined) throw new Error("no page");
    const raw = { ...page.raw, meta: { title: null, canonical } };
    return foldPages([{ ...page, raw }, ...rest]).map((each) => each.canonicalElsewhere);
  };

  it("is named, as it came, when it is another page, and folds nothing", () => {
    expect(canonicalOf("https://acme.example/B/", { url: at("/B"), status: 200 })).toEqual([
      "https://acme.example/B/",
      null,
    ]);
    expect(canonicalOf("/b")).toEqual(["/b"]);
    expect(canonicalOf("https://other.example/a")).toEqual(["https://other.example/a"]);
  });

  it.each([null, undefined, 7, "", at("/a"), "http://www.acme.example/a/?utm_source=x", "/a#x", "mailto:a@b.example"])(
    "is not worth a word when it is %j",
    (canonical) => {
      expect(canonicalOf(canonical)).toEqual([null]);
    },
  );

  it("is not elsewhere when it leads back here", () => {
    expect(canonicalOf("/old", { url: at("/old"), status: 301, location: "/a" })).toEqual([null]);
  });
});

describe("what is folded into what", () => {
  it("is told by handle, for all but the main pages", () => {
    const pages = makePages([
      { url: at("/?ref=x"), status: 200 },
      { url: at("/b"), status: 200 },
      { url: at("/"), status: 200 },
    ]);
    expect([...mapFolded(pages)]).toEqual([["p1", "p3"]]);
  });
});

describe("the figures of a fold", () => {
  const two = (a: object, b: object) =>
    fold({ url: at("/a"), status: 200, summary: { ...a } }, { url: at("/a/"), status: 200, summary: { ...b } })[0];

  it("add up backlinks, and bound what overlaps", () => {
    const one = {
      rank: 5,
      backlinks: 2294,
      referring_domains: 801,
      backlinks_spam_score: 4,
      referring_pages: 10,
      referring_pages_nofollow: 1,
    };
    const other = {
      rank: 9,
      backlinks: 233,
      referring_domains: 137,
      backlinks_spam_score: 12,
      referring_pages: 30,
      referring_pages_nofollow: 9,
    };
    expect(two(one, other)).toMatchObject({
      rank: 9,
      backlinks: 2527,
      referringDomains: { low: 801, high: 938 },
      spamScore: { low: 4, high: 12 },
      nofollowShare: 0.25,
    });
  });

  it("stay unknown where no member tells", () => {
    expect(two({}, {})).toMatchObject({
      rank: null,
      backlinks: null,
      referringDomains: null,
      spamScore: null,
      nofollowShare: null,
    });
  });

  it("say so where a member does not tell: the sum is the least, the range has no upper bound", () => {
    expect(two({ backlinks: 7, referring_domains: 3 }, {})).toMatchObject({
      backlinks: 7,
      backlinksAtLeast: true,
      referringDomains: { low: 3, high: null },
    });
    expect(two({}, { backlinks: 7, referring_domains: 3 })).toMatchObject({
      backlinksAtLeast: true,
      referringDomains: { low: 3, high: null },
    });
    expect(two({}, {})?.backlinksAtLeast).toBe(false);
    expect(two({ backlinks: 0 }, { backlinks: 0 })).toMatchObject({ backlinks: 0, backlinksAtLeast: false });
  });

  it("leave members out that do not tell", () => {
    expect(
      two({ backlinks: 7, referring_pages: 100 }, { referring_pages: 10, referring_pages_nofollow: 5 }),
    ).toMatchObject({
      backlinks: 7,
      nofollowShare: 0.5,
    });
  });

  it("know no share of no pages", () => {
    expect(two({ referring_pages: 0, referring_pages_nofollow: 0 }, {})?.nofollowShare).toBeNull();
  });
});

it("puts every page in exactly one fold, and loses no backlink", () => {
  const path = fc.constantFrom("/", "/a", "/a/", "/a/index.php", "/b?x", "/b?utm_source=x", "/b", "/c#d", ")");
  const url = fc
    .tuple(fc.constantFrom("http://", "https://www.", "https://x.", "//"), path)
    .map(([head, tail]) => `${head}acme.example${tail}`);
  const item = fc.record({
    url: fc.oneof(url, fc.constantFrom(null, "", "broken")),
    status: fc.constantFrom(null, 200, 301, 301, 302, 404),
    location: fc.oneof(url, path, fc.constantFrom(null, "https://other.example/")),
    summary: fc.record({ backlinks: fc.option(fc.nat(1000)), referring_domains: fc.option(fc.nat(100)) }),
  });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 25 }), (items) => {
      const pages = makePages(items);
      const folds = foldPages(pages);
      const members = folds.flatMap((each) => each.members);
      expect(new Set(members)).toEqual(new Set(pages));
      expect(members).toHaveLength(pages.length);
      const total = (values: (number | null)[]) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
      expect(total(folds.map(({ backlinks }) => backlinks))).toBe(total(pages.map(({ backlinks }) => backlinks)));
      for (const { main, members: own, referringDomains, backlinks, backlinksAtLeast } of folds) {
        expect(own).toContain(main);
        const domains = own.map((page) => page.referringDomains).filter((value) => value !== null);
        const high = domains.length < own.length ? null : total(domains);
        expect(referringDomains).toEqual(domains.length === 0 ? null : { low: Math.max(...domains), high });
        expect(backlinksAtLeast).toBe(backlinks !== null && own.some((page) => page.backlinks === null));
      }
    }),
    { numRuns: 500 },
  );
});
