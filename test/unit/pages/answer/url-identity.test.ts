import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identifyUrl, isTrackingParameter } from "../../../../src/pages/answer/url-identity.ts";
import { hostileText } from "../../../support/hostile-text.ts";

describe("url identity", () => {
  const keyOf = (url: string): string | undefined => identifyUrl(url)?.key;

  it("names a host in its own script alike, however often it was asked before", () => {
    for (let times = 0; times < 20_000; times += 1) {
      if (keyOf("https://münchen.example/") !== "xn--mnchen-3ya.example") expect.fail(`the ${times}th time`);
    }
  });

  /** `why`, then pairs: a path stands on `https://acme.example`. */
  type Group = [why: string, ...pairs: [string, string][]];

  const onAcme = (url: string): string =>
    url.startsWith("/") && !url.startsWith("//") ? `https://acme.example${url}` : url;

  const SAME_PAGE: Group[] = [
    [
      "the scheme is no part of a page",
      ["https://acme.example/anvils", "http://acme.example/anvils"],
      ["HTTPS://acme.example/anvils", "http://acme.example/anvils"],
      ["//acme.example/anvils", "https://acme.example/anvils"],
    ],
    [
      "hosts are spelt in any case, with www., a final dot, a default port or a user",
      ["https://www.acme.example/anvils", "https://acme.example/anvils"],
      ["https://WWW.Acme.EXAMPLE/anvils", "https://acme.example/anvils"],
      ["https://www.www.acme.example/anvils", "https://acme.example/anvils"],
      ["https://acme.example./anvils", "https://acme.example/anvils"],
      ["https://acme.example:443/anvils", "http://acme.example:80/anvils"],
      ["https://acme.example:/anvils", "https://acme.example/anvils"],
      ["https://user:word@acme.example/anvils", "https://acme.example/anvils"],
      ["https://www.shop.acme.example/", "https://shop.acme.example"],
      ["https://schmiede-käse.example/", "https://xn--schmiede-kse-pcb.example/"],
      ["https://例え.example/a", "http://www.xn--r8jz45g.example/a"],
    ],
    [
      "a fragment is a place on the page",
      ["/anvils#reviews", "/anvils"],
      ["/#", "/"],
      ["/anvils/?#:~:text=forged", "/anvils"],
      ["/#utm_source=feed", "/"],
    ],
    [
      "servers answer with and without a trailing slash",
      ["/anvils/", "/anvils"],
      ["https://acme.example", "https://acme.example/"],
      ["https://acme.example//", "https://acme.example/"],
      ["/anvils/?page=2", "/anvils?page=2"],
    ],
    [
      "a default document is its folder, by the default settings of Apache, nginx, IIS or Tomcat",
      ["/index.html", "/"],
      ["/blog/index.htm", "/blog/"],
      ["/index.php", "/"],
      ["/index.php?p=12", "/?p=12"],
      ["/de/index.php/", "/de"],
      ["/Default.aspx", "/"],
      ["/shop/default.asp", "/shop"],
      ["/shop/Default.htm", "/shop"],
      ["/app/index.jsp", "/app"],
      ["/app/INDEX.ASPX", "/app"],
      ["/index.html#top", "http://www.acme.example"],
    ],
    [
      "percent-encoding of the same characters (RFC 3986, 6.2.2; URL Standard)",
      ["/%7esmith/forge", "/~smith/forge"],
      ["/caf%c3%a9", "/caf%C3%A9"],
      ["/café", "/caf%C3%A9"],
      ["/鍛冶/金床", "/%E9%8D%9B%E5%86%B6/%E9%87%91%E5%BA%8A"],
      ["/hand made", "/hand%20made"],
      ["/a%6Evil%2Dsets", "/anvil-sets"],
      ["/wiki/Anvil_(tool)", "/wiki/Anvil_%28tool%29"],
      ["/?q=caf%C3%a9", "/?q=café"],
      ['/a"b', "/a%22b"],
      ["/100%", "/100%25"],
      ["/an\nvils", "/anvils"],
      ["/shop\\anvils", "/shop/anvils"],
    ],
    [
      "dot segments lead somewhere",
      ["/shop/../anvils", "/anvils"],
      ["/./anvils/.", "/anvils/"],
      ["/shop/%2e%2e/anvils", "/anvils"],
      ["/../../anvils", "/anvils"],
    ],
    [
      "empty parts of a query ask for nothing",
      ["/anvils?", "/anvils"],
      ["/anvils?&", "/anvils"],
      ["/a?p=1&", "/a?p=1"],
      ["/a?&p=1&&q=2", "/a?p=1&q=2"],
    ],
    [
      "campaign and click marks say how the visitor came",
      ["/?utm_source=newsletter&utm_medium=email&utm_campaign=may", "/"],
      ["/?utm_source=chatgpt.com", "/"],
      ["/anvils?p=12&utm_term=anvil", "/anvils?p=12"],
      ["/anvils?utm_content=a&lang=de&utm_id=7", "/anvils?lang=de"],
      ["/?gclid=EAIaIQobChMI&gad_source=1", "/"],
      ["/?fbclid=IwAR0x", "/"],
      ["/sets/?msclkid=1f2e3d", "/sets"],
      ["/?yclid=123&_openstat=ZGly", "/"],
      ["/?srsltid=AfmBOop", "/"],
      ["/?mc_cid=ab12&mc_eid=cd34", "/"],
      ["/?_hsenc=p2ANqtz&_hsmi=85", "/"],
      ["/?__cf_chl_tk=x.y-16&__cf_chl_rt_tk=z", "/"],
      ["/?doing_wp_cron=1696502400.1234", "/"],
      ["/docs?WT.mc_id=academic-42", "/docs"],
      ["/?UTM_Source=Feed", "/"],
      ["/?utm%5Fsource=feed", "/"],
      ["/?id=5&amp;utm_source=feed&amp;utm_medium=rss", "/?id=5"],
      ["/?utm_source", "/"],
    ],
    [
      "a referrer mark says where the link stood",
      ["/?ref=producthunt", "/"],
      ["/?ref_src=twsrc%5Etfw", "/"],
      ["/anvils?ref=partnerlist&color=red", "/anvils?color=red"],
    ],
    [
      "a session is one visit",
      ["/cart;jsessionid=0A1B2C.node1", "/cart"],
      ["/shop;JSESSIONID=0A1B/anvils?p=2", "/shop/anvils?p=2"],
      ["/anvils.php?PHPSESSID=9f8e7d6c5b4a", "/anvils.php"],
      ["/forum/viewtopic.php?t=7&sid=0123456789abcdef0123456789abcdef", "/forum/viewtopic.php?t=7"],
      ["/forum/showthread.php?s=0123456789abcdef0123456789abcdef&t=7", "/forum/showthread.php?t=7"],
      ["/item.cfm?id=3&CFID=12&CFTOKEN=34", "/item.cfm?id=3"],
      ["/(S(lit3py55t21z5v55vlm25s55))/anvils.aspx", "/anvils.aspx"],
    ],
  ];

  const OTHER_PAGE: Group[] = [
    [
      "parameters choose what is shown, whatever they are called",
      ["/?p=12", "/"],
      ["/?p=12", "/?p=13"],
      ["/?page_id=2", "/?p=2"],
      ["/?lang=de", "/"],
      ["/?lang=de", "/?lang=en"],
      ["/?hl=de", "/"],
      ["/anvils?page=2", "/anvils"],
      ["/item?id=5", "/item?id=6"],
      ["/search?q=anvil", "/search?q=hammer"],
      ["/watch?v=dQw4", "/watch?v=9bZk"],
      ["/anvils?color=red", "/anvils?color=blue"],
      ["/anvils?sort=price", "/anvils"],
      ["/anvils?amp=1", "/anvils"],
      ["/forum/showthread.php?t=7", "/forum/showthread.php?t=8"],
      ["/index.php?title=Anvil", "/index.php?title=Hammer"],
      ["/?replytocom=9", "/"],
      ["/?share=facebook", "/"],
    ],
    [
      "a name that some sites choose pages by is no tracking",
      ["/?source=rss", "/"],
      ["/?from=menu", "/"],
      ["/?via=ada", "/"],
      ["/maps?cid=77", "/maps"],
      ["/ads?adid=31", "/ads?adid=32"],
      ["/give?campaignid=4", "/give?campaignid=5"],
      ["/list?pk=1", "/list?pk=2"],
      ["/posts?tag=forge", "/posts"],
      ["/?preference=a", "/"],
      ["/?reference=a", "/"],
      ["/?utm=1", "/"],
      ["/?xutm_source=feed", "/"],
    ],
    [
      "what looks like a session by name only may be a search or an item",
      ["/?s=anvil", "/"],
      ["/?s=anvil", "/?s=hammer"],
      ["/item?sid=42", "/item?sid=43"],
      ["/a;v=1", "/a"],
      ["/(draft)/a", "/a"],
    ],
    [
      "a query counts as written: order, repetition and value form may matter",
      ["/a?x=1&y=2", "/a?y=2&x=1"],
      ["/a?x=1&x=2", "/a?x=2&x=1"],
      ["/a?x", "/a?x="],
      ["/a?X=1", "/a?x=1"],
      ["/a?q=1+1", "/a?q=1%2B1"],
      ["/?p=12?utm_source=feed", "/?p=12"],
      ["/a?x=1&amp;lang=de", "/a?x=1&lang=de"],
    ],
    ["letter case of a path tells pages apart on most servers", ["/Anvils", "/anvils"], ["/anvils/Red", "/anvils/red"]],
    [
      "encoded delimiters are no delimiters",
      ["/a%2Fb", "/a/b"],
      ["/a%3Fb", "/a?b"],
      ["/?q=a%26b", "/?q=a&b"],
      ["/caf%E9", "/café"],
      ["/100%2525", "/100%25"],
    ],
    [
      "other paths, and documents that no server takes for a folder",
      ["/anvils", "/anvils/red"],
      ["/anvils", "/anvil"],
      ["/anvils)", "/anvils"],
      ["//acme.example//anvils", "/anvils"],
      ["/home.html", "/"],
      ["/main.php", "/"],
      ["/index.html.bak", "/"],
      ["/my-index.html", "/"],
      ["/index.php/anvils", "/anvils"],
      ["/index", "/"],
    ],
    [
      "other hosts, and ports of their own",
      ["https://shop.acme.example/", "https://acme.example/"],
      ["https://m.acme.example/", "https://acme.example/"],
      ["https://www2.acme.example/", "https://acme.example/"],
      ["https://acme.example:8443/", "https://acme.example/"],
      ["https://acme.example.net/", "https://acme.example/"],
      ["https://www.com/", "https://com/"],
    ],
  ];

  const rows = (groups: Group[]) => groups.flatMap(([why, ...pairs]) => pairs.map(([a, b]) => [why, a, b] as const));

  describe("one page", () => {
    it.each(rows(SAME_PAGE))("%s: %j and %j", (_why, a, b) => {
      expect(keyOf(onAcme(a))).toBeDefined();
      expect(keyOf(onAcme(a))).toBe(keyOf(onAcme(b)));
    });
  });

  describe("two pages", () => {
    it.each(rows(OTHER_PAGE))("%s: %j and %j", (_why, a, b) => {
      expect(keyOf(onAcme(a))).toBeDefined();
      expect(keyOf(onAcme(b))).toBeDefined();
      expect(keyOf(onAcme(a))).not.toBe(keyOf(onAcme(b)));
    });
  });

  it.each([
    "",
    "acme.example/a",
    "/a",
    "mailto:a@acme.example",
    "https://",
    "https:///a",
    "http://:80/",
    "https://./",
    "https://acme.example..",
    "https://acme .example/",
    "https://schmiede\uff0fkäse.example/",
    "https://acme.example:web/",
    "ftp://acme.example/a",
    "android-app://acme.example/a",
  ])("no web page is seen in %j", (url) => {
    expect(identifyUrl(url)).toBeUndefined();
  });

  it.each([
    ["/new", "acme.example/new"],
    ["new", "acme.example/dir/new"],
    ["new/", "acme.example/dir/new"],
    ["../new", "acme.example/new"],
    ["./", "acme.example/dir"],
    ["?y=2", "acme.example/dir/page?y=2"],
    ["new?utm_source=x", "acme.example/dir/new"],
    ["//other.example/x", "other.example/x"],
    ["https://other.example/", "other.example"],
  ])("a redirect from /dir/page?x=1/2 to %s leads to %s", (location, key) => {
    expect(identifyUrl(location, identifyUrl("https://acme.example/dir/page?x=1/2"))?.key).toBe(key);
  });

  it.each(["", "#top", "mailto:a@b.example", "javascript:void(0)", "ftp://acme.example/"])(
    "a redirect to %j leads nowhere",
    (location) => {
      expect(identifyUrl(location, identifyUrl("https://acme.example/"))).toBeUndefined();
    },
  );

  it("keeps the path and query as written, and knows the key of the exact spelling", () => {
    expect(identifyUrl("https://www.acme.example/A/index.html?utm_id=1&q=%7e#x")).toEqual({
      host: "acme.example",
      path: "/A/index.html?utm_id=1&q=%7e",
      key: "acme.example/A?q=~",
      exactKey: "acme.example/A/index.html?q=~",
      isTracked: true,
    });
    expect(identifyUrl("https://acme.example")).toEqual({
      host: "acme.example",
      path: "/",
      key: "acme.example",
      exactKey: "acme.example/",
      isTracked: false,
    });
  });

  it("calls a URL tracked that carries a session in its path", () => {
    expect(identifyUrl("https://acme.example/a;jsessionid=1")?.isTracked).toBe(true);
    expect(identifyUrl("https://acme.example/(S(abc))/a")?.isTracked).toBe(true);
    expect(identifyUrl("https://acme.example/(draft)/a;v=1?p=1")?.isTracked).toBe(false);
  });

  describe("whatever the URL", () => {
    const PIECES = [
      "/",
      "//",
      "?",
      "&",
      "=",
      ";",
      "%",
      "%2",
      "%41",
      "%2e",
      "%2F",
      "%c3%bc",
      ".",
      "..",
      "\\",
      "+",
      "ü",
      " ",
    ];
    const WORDS = [
      "a",
      "A",
      "index.html",
      "default.aspx",
      "utm_source",
      "ref=x",
      ";jsessionid=1",
      "(S(a))",
      "sid",
      "amp;",
      "www.",
    ];
    /** Pieces that the rules speak of, in any order, among any text. */
    const rest = fc
      .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PIECES, ...WORDS) }, hostileText, fc.webPath()), {
        maxLength: 14,
      })
      .map((parts) => `/${parts.join("").replaceAll("#", "")}`);
    const host = fc.oneof(
      fc.domain(),
      fc.constantFrom("www.acme.example", "www.www.acme.example", "ünï.example", "a.example:81"),
    );
    const url = fc.tuple(fc.constantFrom("http://", "https://"), host, rest).map((parts) => parts.join(""));
    /** A name that no rule knows. */
    const unlisted = fc.stringMatching(/^z[a-z0-9_]{1,12}$/);
    const tracking = fc.constantFrom(
      "utm_source=x",
      "utm_x",
      "fbclid=1",
      "ref=a%2Fb",
      "PHPSESSID=9",
      "amp;gclid=q",
      `s=${"0a".repeat(16)}`,
    );

    const add = (base: string, parameter: string): string =>
      `${base.trim()}${base.includes("?") ? "&" : "?"}${parameter}`;

    it("a page and its https twin have one key", () => {
      fc.assert(
        fc.property(fc.domain(), rest, (domain, path) => {
          expect(keyOf(`http://${domain}${path}`)).toBe(keyOf(`https://www.${domain}${path}`));
        }),
      );
    });

    it("a key is a URL that has this key", () => {
      fc.assert(
        fc.property(url, (text) => {
          const key = keyOf(text);
          expect(keyOf(`https://${key}`)).toBe(key);
        }),
        { numRuns: 2000 },
      );
    });

    it("a tracking parameter or a fragment changes nothing", () => {
      fc.assert(
        fc.property(url, tracking, hostileText, (text, parameter, fragment) => {
          expect(keyOf(add(text, parameter))).toBe(keyOf(text));
          expect(keyOf(`${text.trim()}#${fragment}`)).toBe(keyOf(text));
        }),
        { numRuns: 500 },
      );
    });

    it("an unlisted parameter makes another page", () => {
      fc.assert(
        fc.property(url, unlisted, fc.string({ maxLength: 8 }), (text, name, value) => {
          expect(keyOf(add(text, `${name}=${encodeURIComponent(value)}`))).not.toBe(keyOf(text));
        }),
        { numRuns: 500 },
      );
    });
  });

  it.each([
    ["10,000 slashes", `/${"/".repeat(10_000)}x`],
    ["10,000 percent signs", `/${"%".repeat(10_000)}`],
    ["control characters and lone surrogates", `/${"\u0000\ud800\u202e".repeat(3000)}`],
    ["5,000 ways up", `/${"../".repeat(5000)}`],
    ["5,000 default documents", "/index.html".repeat(5000)],
    ["5,000 sessions", `/${";jsessionid=".repeat(5000)}${"(S(".repeat(5000)}`],
    ["5,000 parameters", `/?${"utm_source=a&b=c&".repeat(5000)}`],
  ])("reads a URL of %s", (_what, path) => {
    const key = keyOf(`https://acme.example${path}`);
    expect(key).toMatch(/^acme\.example/);
    expect(keyOf(`https://${key}`)).toBe(key);
  });
});

describe("tracking parameters", () => {
  it.each([
    "gclid",
    "fbclid",
    "msclkid",
    "yclid",
    "twclid",
    "srsltid",
    "ref",
    "ref_src",
    "mkt_tok",
    "awc",
    "PHPSESSID",
    "jsessionid",
  ])("%s marks the visit", (name) => {
    expect(isTrackingParameter(name, "x")).toBe(true);
    expect(isTrackingParameter(name, "")).toBe(true);
  });

  it.each([
    "utm_source",
    "utm_anything",
    "mtm_campaign",
    "_hsenc",
    "__hstc",
    "hsa_cam",
    "mc_cid",
    "WT.mc_id",
    "sfmc_id",
    "__cf_chl_tk",
  ])("%s is of a family that does", (name) => {
    expect(isTrackingParameter(name, "x")).toBe(true);
  });

  it.each([
    "",
    "p",
    "id",
    "lang",
    "page",
    "q",
    "v",
    "s",
    "sid",
    "utm",
    "utmx",
    "myutm_source",
    "pk",
    "pk_id",
    "reference",
    "href",
    "cid",
    "tag",
  ])("%j may choose the page", (name) => {
    expect(isTrackingParameter(name, "x")).toBe(false);
  });

  it("takes sid and s for a session when their value is an MD5 sum", () => {
    const md5 = "0123456789abcdef0123456789ABCDEF";
    expect(isTrackingParameter("sid", md5)).toBe(true);
    expect(isTrackingParameter("s", md5)).toBe(true);
    expect(isTrackingParameter("s", `${md5}0`)).toBe(false);
    expect(isTrackingParameter("id", md5)).toBe(false);
  });

  it("ignores letter case and an ampersand escaped twice", () => {
    expect(isTrackingParameter("UTM_SOURCE", "x")).toBe(true);
    expect(isTrackingParameter("amp;utm_source", "x")).toBe(true);
    expect(isTrackingParameter("amp;lang", "x")).toBe(false);
  });

  it.each(["constructor", "__proto__", "toString"])("knows nothing of %s", (name) => {
    expect(isTrackingParameter(name, "x")).toBe(false);
  });
});
