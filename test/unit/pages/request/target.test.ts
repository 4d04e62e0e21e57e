import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../../../src/lists/arguments.ts";
import type { FieldRules } from "../../../../src/lists/filters/field-names.ts";
import { type OrderRule, parseOrderBy, toWireOrder } from "../../../../src/lists/filters/order-by.ts";
import { parseTarget, registrableDomain } from "../../../../src/lists/target.ts";
import { PAGE_FIELDS } from "../../../../src/pages/page-fields.ts";
import { caught } from "../../../support/caught.ts";
import { hostileText } from "../../../support/hostile-text.ts";

describe("a target that is one already", () => {
  it.each([
    "forbes.com",
    "shop.acme.example",
    "acme.co.uk",
    "xn--bcher-kva.example",
    "ac_me.com",
    "github.io",
    "1and1.com",
    "www.com",
    "www.co.uk",
  ])("takes %s as it is, without a note", (target) => {
    expect(parseTarget(target)).toEqual({ target });
  });
});

describe("a target that people paste", () => {
  it.each([
    ["https://forbes.com", "forbes.com"],
    ["HTTP://Forbes.COM/", "forbes.com"],
    ["www.forbes.com", "forbes.com"],
    ["www.www.forbes.com", "forbes.com"],
    ["//forbes.com/a", "forbes.com"],
    ["forbes.com:8080", "forbes.com"],
    ["forbes.com.", "forbes.com"],
    ["https://user:secret@www.forbes.com:8443/path?q=1#top", "forbes.com"],
    ["forbes.com\\path", "forbes.com"],
    ["forbes.com/@someone", "forbes.com"],
    ['"forbes.com"', "forbes.com"],
    ["<https://forbes.com/>", "forbes.com"],
    ["Bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER.example", "xn--bcher-kva.example"],
    ["faß.de", "xn--fa-hia.de"],
    ["правительство.рф", "xn--80aealotwbjpid2k.xn--p1ai"],
    ["acme。com", "acme.com"],
    ["ｆｏｒｂｅｓ.com", "forbes.com"],
    ["sc-domain:forbes.com", "forbes.com"],
    ["sc-domain%3Aforbes.com", "forbes.com"],
    ["site:forbes.com/blog", "forbes.com"],
    ["Domain: https://www.forbes.com/", "forbes.com"],
    ["[forbes.com](http://forbes.com)", "forbes.com"],
    ['[the magazine](<https://www.forbes.com/a> "Forbes").', "forbes.com"],
    ["<https://forbes.com|forbes.com>", "forbes.com"],
    ['<a href="https://forbes.com/x">Forbes</a>', "forbes.com"],
    ["`forbes.com`", "forbes.com"],
    ["“forbes.com”", "forbes.com"],
    ["„forbes.com“", "forbes.com"],
    ["«forbes.com»", "forbes.com"],
    ["**forbes.com**", "forbes.com"],
    ["_forbes.com_", "forbes.com"],
    ["__forbes.com__", "forbes.com"],
    ["「forbes.com」", "forbes.com"],
    ["『https://forbes.com/』", "forbes.com"],
    ["《forbes.com》", "forbes.com"],
    ["【forbes.com】", "forbes.com"],
    ["＂forbes.com＂", "forbes.com"],
    ["（forbes.com）", "forbes.com"],
    ["〝forbes.com〞", "forbes.com"],
    ["[forbes.com][1]", "forbes.com"],
    ["[1]: https://forbes.com/a", "forbes.com"],
    ["[![logo](https://cdn.example/a.png)](https://forbes.com)", "forbes.com"],
    ["feed:https://forbes.com/rss", "forbes.com"],
    ["cache:forbes.com", "forbes.com"],
    ["link:forbes.com", "forbes.com"],
    ["target: forbes.com", "forbes.com"],
    ["https%3A%2F%2Fforbes.com%2Fa", "forbes.com"],
    ["forbes.com%20", "forbes.com"],
    ["&lt;https://forbes.com&gt;", "forbes.com"],
    ["||forbes.com^", "forbes.com"],
    ["(forbes.com).", "forbes.com"],
    ["forbes.com,", "forbes.com"],
    ["https://forbes.com/?", "forbes.com"],
    ["- forbes.com", "forbes.com"],
    ["[[forbes.com]]", "forbes.com"],
    ['"forbes.com', "forbes.com"],
    ["https:forbes.com", "forbes.com"],
    ["https//forbes.com", "forbes.com"],
    ["https://https://forbes.com/", "forbes.com"],
    ["hxxps://forbes[.]com", "forbes.com"],
    ["forbes.com\u200b", "forbes.com"],
  ])("reads %s as %s and says so", (written, target) => {
    const parsed = parseTarget(written);
    expect(parsed.target).toBe(target);
    expect(parsed.note).toContain(`read as "${target}"`);
  });

  it("does not repeat a pasted password", () => {
    expect(parseTarget("https://ann:s3cret@forbes.com/a").note).toMatch(/^target "https:\/\/forbes\.com\/a" read as/);
  });

  it("says of a path that the endpoint takes none, and how to ask for one", () => {
    expect(parseTarget("https://forbes.com/advisor/").note).toMatch(/takes no path, filter by "page"/);
    expect(parseTarget("https://forbes.com/").note).not.toMatch(/path/);
  });

  it.each([[["forbes.com"]], ['["forbes.com"]'], ["['forbes.com']"]])(
    "takes %j for the one domain in it",
    (written) => {
      expect(parseTarget(written).target).toBe("forbes.com");
    },
  );

  it("says nothing of filters to a tool that has none, and names the argument as it is called there", () => {
    const { note } = parseTarget("https://forbes.com/a", { argument: "other_target", takesFilters: false });
    expect(note).toBe('other_target "https://forbes.com/a" read as "forbes.com"; this endpoint takes no path');
    expect(caught(() => parseTarget("com", { argument: "other_target" })).message).toMatch(/^other_target: /);
  });

  it("drops white space around a target without a word", () => {
    expect(parseTarget("  forbes.com\n")).toEqual({ target: "forbes.com" });
  });
});

describe("a target that is refused", () => {
  it.each([
    ["nothing", undefined, /is required/],
    ["an empty text", "", /is required/],
    ["white space", " \t\n", /is required/],
    ["a number", 42, /is required/],
    ["a word for nothing", ["null"], /is required/],
    ["an array of two", ["forbes.com", "other.com"], /is 2 domains, and one call takes one; call once for each/],
    ["an array of two as text", '["forbes.com","other.com"]', /is 2 domains/],
    ["an object", { domain: "forbes.com" }, /must be text, got an object/],
    ["an object as text", '{"domain":"forbes.com"}', /must be text, got an object/],
    ["an IPv4 address", "93.184.216.34", /IP address/],
    ["an IPv4 address with a port", "93.184.216.34:80", /IP address/],
    ["an IPv4 address out of range", "999.1.1.1", /IP address/],
    ["an IPv4 address in hexadecimal", "0x7f.1", /IP address/],
    ["an IPv4 address as one number", "2130706433", /IP address/],
    ["an IPv4 address in full-width digits", "１２７.０.０.１", /IP address/],
    ["an IPv6 address in brackets", "http://[::1]:8080/", /IP address/],
    ["an IPv6 address", "2001:db8::1", /IP address/],
    ["an IPv6 address with a zone", "fe80::1%eth0", /IP address/],
    ["a top-level domain", "com", /top-level domain/],
    ["a public suffix", "co.uk", /top-level domain/],
    ["a public suffix after a scheme", "https://co.uk/", /top-level domain/],
    ["a bare name", "localhost", /bare name/],
    ["an e-mail address", "joe@forbes.com", /e-mail address; use the part after the @/],
    ["an e-mail address with a name", "Joe <joe@forbes.com>", /e-mail address/],
    ["a mailto link", "mailto:joe@forbes.com", /e-mail address/],
    ["a wildcard", "*.forbes.com", /wildcard; name the domain itself: its subdomains come with it/],
    ["a wildcard inside", "forbes.*", /wildcard/],
    ["a scheme that is no website's", "chrome://settings", /names no website/],
    ["a scheme without slashes", "javascript:alert(1)", /holds no domain name/],
    ["a port that is no number", "forbes.com:http", /holds no domain name/],
    ["two domains", "forbes.com other.com", /is 2 domains, and one call takes one/],
    ["a list of domains", "forbes.com, other.com;third.com", /is 3 domains/],
    [
      "a domain in a sentence",
      "see forbes.com for more",
      /is more than a domain name; if that is meant, use "forbes.com"/,
    ],
    ["a property of a public suffix", "sc-domain:co.uk", /top-level domain/],
    ["an app", "android-app://com.forbes/", /names no website/],
    ["a scheme alone", "https://", /holds no domain name/],
    ["broken punycode", "xn--a.com", /holds no domain name/],
    ["a label that begins with a hyphen", "-forbes.com", /look at "-forbes"/],
    ["an empty label", "forbes..com", /is no domain name/],
    ["a mark inside a name", "forbes」.com", /is no domain name|holds no domain name/],
    ["a top-level domain that can be none", "forbes.com_", /look at "com_"/],
    ["a top-level domain in digits", "forbes.123", /is no domain name|IP address|holds no domain name/],
    ["a label of 64 characters", `${"a".repeat(64)}.com`, /is no domain name|holds no domain name/],
    ["a name of more than 253 characters", `${"a.".repeat(130)}com`, /253 characters|holds no domain name/],
    ["ten thousand characters", "a".repeat(10_000), /too long/],
  ])("refuses %s and says why", (_what, written, why) => {
    const error = caught(() => parseTarget(written));
    expect(error).toBeInstanceOf(Refusal);
    expect(error.message).toMatch(/^target: /);
    expect(error.message).toMatch(why);
  });

  it("repeats a refused value shortened and on one line", () => {
    const { message } = caught(() => parseTarget(`x\n\u202e${"y".repeat(500)}`));
    expect(message).not.toMatch(/[\n\u202e]/);
    expect(message.length).toBeLessThan(250);
  });
});

describe("any target", () => {
  const label = fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,10}[a-zA-Z0-9])?$/);
  const domain = fc.tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.constantFrom("com", "co.uk", "example"));
  const pasted = fc
    .tuple(
      fc.constantFrom("", "http://", "HTTPS://", "//", "ftp://u:p@"),
      fc.constantFrom("", "www.", "WWW.", "www.www."),
      domain,
      fc.constantFrom("", ":443", "/", "/a b?c#d", ".", "\\x"),
    )
    .map(([scheme, www, [labels, suffix], rest]) => `${scheme}${www}${labels.join(".")}.${suffix}${rest}`);

  it("is brought to a form that is read again unchanged and without a note, or refused by name", () => {
    fc.assert(
      fc.property(
        fc.oneof(pasted, fc.webUrl(), fc.domain(), fc.ipV6(), hostileText, fc.string(), fc.anything()),
        (written) => {
          let target: string;
          try {
            ({ target } = parseTarget(written));
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
            expect((error as Refusal).message).toMatch(/^target: [^\n\r\u2028\u2029]+$/);
            return;
          }
          expect(parseTarget(target)).toEqual({ target });
          expect(target).toMatch(/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("the registrable domain of a host", () => {
  it.each([
    ["shop.acme.co.uk", "acme.co.uk"],
    ["acme.example", "acme.example"],
    ["localhost", "localhost"],
  ])("of %s is %s", (host, domain) => {
    expect(registrableDomain(host)).toBe(domain);
  });
});

describe("order by", () => {
  const RULES: FieldRules = { fields: PAGE_FIELDS, mapBareNames: true, allowUnknown: false };

  const byBacklinks: OrderRule = { field: "page_summary.backlinks", direction: "desc" };
  const byRank: OrderRule = { field: "page_summary.rank", direction: "asc" };

  describe("sorting rules that are understood", () => {
    it.each<[string, unknown, OrderRule[]]>([
      ["one rule", ["page_summary.backlinks,desc"], [byBacklinks]],
      ["two rules", ["page_summary.backlinks,desc", "page_summary.rank,asc"], [byBacklinks, byRank]],
      ["one rule as plain text", "page_summary.backlinks,desc", [byBacklinks]],
      ["an array as a JSON string", '["page_summary.backlinks,desc"]', [byBacklinks]],
      ["a pair", ["page_summary.backlinks", "desc"], [byBacklinks]],
      ["pairs in a row", ["page_summary.backlinks", "desc", "page_summary.rank", "asc"], [byBacklinks, byRank]],
      [
        "pairs in arrays",
        [
          ["page_summary.backlinks", "desc"],
          ["page_summary.rank", "asc"],
        ],
        [byBacklinks, byRank],
      ],
      ["spaces and capitals", [" page_summary.backlinks , DESC "], [byBacklinks]],
      [
        "a TLD's count",
        ["page_summary.referring_links_tld.co.in,desc"],
        [{ field: "page_summary.referring_links_tld.co.in", direction: "desc" }],
      ],
      ["no rule", [], []],
    ])("takes %s", (_what, written, order) => {
      expect(parseOrderBy(written, RULES)).toEqual({ order, notes: [] });
    });

    it("maps a bare name and says so", () => {
      const { notes } = parseOrderBy(["referring_pages,desc"], RULES);
      expect(notes).toEqual(['order_by[0]: "referring_pages" read as "page_summary.referring_pages"']);
    });

    it("maps a name under which answers show a field, and has nothing to say", () => {
      expect(parseOrderBy(["backlinks,desc"], RULES)).toEqual({ order: [byBacklinks], notes: [] });
    });

    it("takes three rules", () => {
      const { order } = parseOrderBy(["status_code,asc", "page_summary.rank,desc", "first_visited,asc"], RULES);
      expect(order).toHaveLength(3);
    });
  });

  describe("sorting rules that are refused", () => {
    it.each([
      ["four rules", ["size,asc", "page,asc", "status_code,asc", "fetch_time,asc"], /^order_by: 4 rules, at most 3/],
      ["many rules", Array(50).fill("size,asc"), /^order_by: 50 rules, at most 3/],
      ["an array field", ["meta.h1,asc"], /^order_by\[0\]: meta\.h1 holds a list and cannot be sorted by/],
      ["an array field by its bare name", ["h2,desc"], /^order_by\[0\]: meta\.h2 holds a list/],
      [
        "no direction",
        ["page_summary.rank"],
        /^order_by\[0\]: .*must end in ",asc" or ",desc"; for example "page_summary\.rank,desc"/,
      ],
      ["an odd direction", ["size,asc", "page,down"], /^order_by\[1\]: "page,down" must end in/],
      [
        "an unknown field",
        ["backlnks,desc"],
        /^order_by\[0\]: unknown field "backlnks"; closest: page_summary\.backlinks/,
      ],
      [
        "the countries",
        ["page_summary.referring_links_countries.US,desc"],
        /cannot filter or sort by referring_links_countries/,
      ],
      ["a number in the list", [5], /^order_by\[0\]: must be text, got "5"/],
      ["an object", { field: "size" }, /^order_by: must be an array of "field,direction", got an object/],
      ["a number", 7, /^order_by: must be an array/],
    ])("refuses %s", (_what, written, why) => {
      const error = caught(() => parseOrderBy(written, RULES));
      expect(error).toBeInstanceOf(Refusal);
      expect(error.message).toMatch(why);
    });

    it("refuses a bare name where the upstream's own strictness is wanted", () => {
      const { message } = caught(() => parseOrderBy(["backlinks,desc"], { ...RULES, mapBareNames: false }));
      expect(message).toMatch(/^order_by\[0\]: unknown field "backlinks"/);
    });
  });

  it("gives back the same rules when their wire form is read again", () => {
    const field = fc.constantFrom(
      "page",
      "page_summary.rank",
      "size",
      "meta.title",
      "page_summary.referring_links_tld.com",
    );
    const rule = fc.record({ field, direction: fc.constantFrom("asc" as const, "desc" as const) });
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 3 }), (order) => {
        expect(parseOrderBy(toWireOrder(order), RULES)).toEqual({ order, notes: [] });
      }),
    );
  });

  it("reads or refuses any value by name", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(hostileText), hostileText), (written) => {
        try {
          expect(parseOrderBy(written, RULES).order.length).toBeLessThanOrEqual(3);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          expect((error as Refusal).message).toMatch(/^order_by/);
        }
      }),
    );
  });
});
