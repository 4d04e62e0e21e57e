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
      { url: at("/c"), status: 200 },
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

  it("keeps malformed URLs apart from their neighbours", () => {
    expect(fold({ url: at("/a"), status: 404 }, { url: at("/a)"), status: 404 })).toHaveLength(2);
  });

  it("keeps malformed URLs as pages of their own", () => {
    const folds = fold(
      { url: at("/a"), status: 200 },
      { url: at("/a)"), status: 404 },
      { url: "not a url" },
      { url: "no url either" },
      { url: null },
    );
    expect(handlesOf(folds)).toEqual([["p1"], ["p2"], ["p3"], ["p4"], ["p5"]]);
  });

  it("does not take a host that is spelt like a handle for that page", () => {
    expect(fold({ url: "" }, { url: "http://p1/", status: 200 })).toHaveLength(2);
  });
});

describe("a dead variant", () => {
  it.each([
    ["scheme", "http://acme.example/a", at("/a")],
    ["www", "https://www.acme.example/a", at("/a")],
    ["slash", at("/a/"), at("/a")],
    ["a missing slash", at("/a"), at("/a/")],
    ["tracking", at("/a?utm_source=x"), at("/a")],
    ["case of the host", "https://ACME.example/a", at("/a")],
    ["default document", at("/a/index.html"), at("/a/")],
    ["a missing default document", at("/"), at("/index.php")],
    ["encoding", at("/%61"), at("/a")],
    ["session", at("/a;jsessionid=7"), at("/a")],
    ["port", "https://acme.example:443/a", at("/a")],
    ["fragment", at("/a#x"), at("/a")],
    ["user", "https://me@acme.example/a", at("/a")],
  ])("is a row of its own beside its living twin, whatever makes them twins: %s", (_what, dead, living) => {
    for (const status of [400, 401, 403, 404, 410, 429, 451, 500, 503, 520, 999]) {
      const folds = fold({ url: living, status: 200 }, { url: dead, status });
      expect(handlesOf(folds)).toEqual([["p1"], ["p2"]]);
      expect(folds.map(({ livingTwin }) => livingTwin?.handle)).toEqual([undefined, "p1"]);
    }
  });

  it("folds with variants of itself that answer the same, and no others", () => {
    const twins = (...statuses: number[]) =>
      handlesOf(fold(...statuses.map((status, index) => ({ url: at(`/a#${index}`), status }))));
    expect(twins(404, 404)).toEqual([["p1", "p2"]]);
    expect(twins(404, 410, 404)).toEqual([["p1", "p3"], ["p2"]]);
    expect(twins(404, 503)).toEqual([["p1"], ["p2"]]);
  });

  it("names the page that its living twin redirects to, and none that is not known to be alive", () => {
    const dead = { url: "http://acme.example/a", status: 404 };
    const twinOf = (...items: ItemFacts[]) => fold(dead, ...items)[0]?.livingTwin?.handle;
    expect(twinOf({ url: at("/a"), status: 301, location: at("/b") }, { url: at("/b"), status: 200 })).toBe("p3");
    expect(twinOf({ url: at("/a"), status: 301, location: at("/elsewhere") })).toBeUndefined();
    expect(twinOf({ url: at("/a"), status: null })).toBeUndefined();
    expect(twinOf({ url: at("/a/"), status: 500 })).toBeUndefined();
    expect(twinOf()).toBeUndefined();
  });

  it("of unknown status is not dead", () => {
    expect(fold({ url: at("/a"), status: 200 }, { url: at("/a/"), status: null })).toHaveLength(1);
  });
});

describe("a redirect whose visitors end on a dead page", () => {
  const dead = { url: at("/gone"), status: 404 };

  it.each<[string, ItemFacts[], string[][], (string | undefined)[]]>([
    ["is a row of its own", [dead, { url: at("/old"), status: 301, location: at("/gone") }], [["p1"], ["p2"]], ["p1"]],
    [
      "over several hops too",
      [dead, { url: at("/b"), status: 301, location: at("/gone") }, { url: at("/a"), status: 302, location: "/b" }],
      [["p1"], ["p2"], ["p3"]],
      ["p1", "p1"],
    ],
    [
      "folds with variants of itself",
      [
        dead,
        { url: at("/b"), status: 301, location: at("/gone") },
        { url: "http://acme.example/b", status: 301, location: at("/gone") },
      ],
      [["p1"], ["p2", "p3"]],
      ["p1"],
    ],
    [
      "though a variant of that page answers",
      [dead, { url: "http://www.acme.example/gone", status: 200 }, { url: at("/a"), status: 301, location: "/gone" }],
      [["p1"], ["p2"], ["p3"]],
      ["p1"],
    ],
    [
      "though another variant of itself leads to a living page",
      [
        dead,
        { url: at("/b"), status: 301, location: at("/gone") },
        { url: "http://acme.example/b", status: 301, location: at("/new") },
        { url: at("/new"), status: 200 },
      ],
      [["p1"], ["p2"], ["p4", "p3"]],
      ["p1"],
    ],
    [
      "though it leads to its own twin",
      [
        { url: at("/a"), status: 404 },
        { url: "http://acme.example/a", status: 301, location: at("/a") },
        { url: "https://www.acme.example/a", status: 200 },
      ],
      [["p1"], ["p2"], ["p3"]],
      ["p1"],
    ],
    [
      "and follows a spelling that was not fetched to the variant that answers",
      [
        { url: "http://acme.example/x", status: 404 },
        { url: "http://www.acme.example/x", status: 200 },
        { url: at("/a"), status: 301, location: at("/x") },
      ],
      [["p1"], ["p2", "p3"]],
      [],
    ],
    [
      "but not one that leads past a dead spelling of itself",
      [
        { url: at("/a"), status: 301, location: at("/b") },
        { url: at("/a/"), status: 404 },
        { url: at("/b"), status: 200 },
      ],
      [["p3", "p1"], ["p2"]],
      [],
    ],
  ])("%s", (_what, items, expected, ends) => {
    const folds = fold(...items);
    expect(handlesOf(folds)).toEqual(expected);
    expect(folds.flatMap(({ deadEnd }) => deadEnd?.handle ?? [])).toEqual(ends);
  });

  it("is found in a loop and in a long chain without end", () => {
    const loop = [
      { url: at("/a"), status: 301, location: at("/b") },
      { url: at("/b"), status: 301, location: at("/a") },
    ];
    expect(fold(dead, ...loop).map(({ deadEnd }) => deadEnd)).toEqual([null, null]);
    const chain = Array.from({ length: 60 }, (_, index) => ({
      url: at(`/${index}`),
      status: 301,
      location: index === 59 ? at("/gone") : at(`/${index + 1}`),
    }));
    expect(fold(dead, ...chain).filter(({ deadEnd }) => deadEnd !== null).length).toBeGreaterThanOrEqual(20);
  });
});

describe("which member lends the row its name", () => {
  it("is the one that answers, then the one of unknown status, then the redirect", () => {
    const variants = (...statuses: (number | null)[]) =>
      fold(...statuses.map((status, index) => ({ url: at(`/a#${index}`), status })))[0]?.main.status;
    expect(variants(301, null, 200)).toBe(200);
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
    status: fc.constantFrom(null, 200, 301, 301, 302, 404, 410, 503),
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
      for (const { main, members: own } of folds) {
        expect(new Set(own.map(({ status }) => (status !== null && status >= 400 ? status : "not dead"))).size).toBe(1);
        if (main.status !== null && main.status >= 400)
          expect(own.every(({ status }) => status === main.status)).toBe(true);
      }
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
