import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/errors.ts";
import { type Filter, toWireFilter } from "../../../../src/lists/filters/filter.ts";
import type { RequestRules } from "../../../../src/lists/parse-request.ts";
import { toRequestBody, toRequestKey } from "../../../../src/lists/request.ts";
import { toAdvertisedSchema } from "../../../../src/lists/request-fields.ts";
import { BODY, withDefaults } from "../../../../src/pages/body.ts";
import { DOMAIN_PAGES, parseRequest } from "../../../../src/pages/domain-pages.ts";
import { anyFilter } from "../../../support/any-filter.ts";
import { BODY_FIELDS } from "../../../support/body-fields.ts";
import { caught } from "../../../support/caught.ts";
import { hostileText } from "../../../support/hostile-text.ts";

describe("parse request", () => {
  const RULES: RequestRules = { allowUnknownFields: false, mapBareNames: true };

  const parse = (input: unknown) => parseRequest(input, RULES);

  /** The message about one argument beside a good target. */
  const refusalOf = (argument: object): string => caught(() => parse({ target: "forbes.com", ...argument })).message;

  const WHOLE_BODY = {
    target: "forbes.com",
    limit: 10,
    offset: 20,
    internal_list_limit: 5,
    backlinks_status_type: "all",
    filters: [["page_summary.backlinks", ">", 10], "and", ["page", "like", "%/blog/%"]],
    order_by: ["page_summary.backlinks,desc"],
    backlinks_filters: ["dofollow", "=", true],
    include_subdomains: false,
    exclude_internal_backlinks: false,
    rank_scale: "one_hundred",
    tag: "march-audit",
  };

  describe("a request body", () => {
    it("goes through whole with all twelve fields", () => {
      const { request, notes } = parse(WHOLE_BODY);
      expect(toRequestBody(request)).toEqual(WHOLE_BODY);
      expect(notes).toEqual([]);
    });

    it("keeps what the caller left out left out", () => {
      expect(toRequestBody(parse({ target: "forbes.com" }).request)).toEqual({ target: "forbes.com" });
    });

    it("takes null and empty lists for left out", () => {
      const body = {
        target: "forbes.com",
        limit: null,
        filters: [],
        order_by: "[]",
        backlinks_filters: null,
        tag: undefined,
      };
      expect(parse(body).request).toEqual({ target: "forbes.com" });
    });

    it("is read from a JSON string too", () => {
      expect(toRequestBody(parse(JSON.stringify(WHOLE_BODY)).request)).toEqual(WHOLE_BODY);
    });

    it("takes arrays, numbers and booleans that came as JSON strings", () => {
      const stringly = Object.fromEntries(
        Object.entries(WHOLE_BODY).map(([name, value]) => [
          name,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
      );
      expect(toRequestBody(parse(stringly).request)).toEqual(WHOLE_BODY);
    });

    it.each([
      [{ include_subdomains: "False" }, { include_subdomains: false }],
      [{ limit: " 50 " }, { limit: 50 }],
      [{ backlinks_status_type: " LOST " }, { backlinks_status_type: "lost" }],
      [
        { limit: 1, offset: 0, internal_list_limit: 1 },
        { limit: 1, offset: 0, internal_list_limit: 1 },
      ],
      [
        { limit: 1000, internal_list_limit: 1000 },
        { limit: 1000, internal_list_limit: 1000 },
      ],
      [{ tag: "ü".repeat(255) }, { tag: "ü".repeat(255) }],
      [{ tag: "🙂".repeat(255) }, { tag: "🙂".repeat(255) }],
      [{ tag: "5" }, { tag: "5" }],
    ])("reads %j as %j", (written, read) => {
      expect(parse({ target: "forbes.com", ...written }).request).toEqual({ target: "forbes.com", ...read });
    });

    it("gathers the notes of every argument", () => {
      const { notes } = parse({
        target: "https://www.Forbes.com/advisor/",
        filters: ["referring_pages", ">", "10"],
        order_by: ["canonical,desc"],
      });
      expect(notes).toHaveLength(3);
      expect(notes.join("\n")).toMatch(
        /^target .*\nfilters: "referring_pages" read as .*\norder_by\[0\]: "canonical" read as .*$/,
      );
    });
  });

  describe("an argument that is refused", () => {
    it.each([
      [{ limit: 0 }, 'limit: must be a whole number, 1 to 1000, got "0"; try 1'],
      [{ limit: 5000 }, 'limit: must be a whole number, 1 to 1000, got "5000"; try 1000'],
      [{ limit: 1.5 }, 'limit: must be a whole number, 1 to 1000, got "1.5"; try 1'],
      [{ limit: "ten" }, 'limit: must be a whole number, 1 to 1000, got "ten"; try 1'],
      [{ limit: true }, 'limit: must be a whole number, 1 to 1000, got "true"; try 1'],
      [{ offset: -1 }, 'offset: must be a whole number, 0 or more, got "-1"; try 0'],
      [{ internal_list_limit: 1001 }, 'internal_list_limit: must be a whole number, 1 to 1000, got "1001"; try 1000'],
      [
        { backlinks_status_type: "dead" },
        'backlinks_status_type: must be one of live, all, lost, got "dead"; try "live"',
      ],
      [{ rank_scale: 100 }, 'rank_scale: must be one of one_thousand, one_hundred, got "100"; try "one_thousand"'],
      [{ include_subdomains: "maybe" }, 'include_subdomains: must be true or false, got "maybe"; try true'],
      [{ exclude_internal_backlinks: 1 }, 'exclude_internal_backlinks: must be true or false, got "1"; try true'],
      [{ tag: 5 }, 'tag: must be text, got "5"; try "march-audit"'],
      [{ tag: "x".repeat(256) }, 'tag: may have 255 characters, this one has 256; try "march-audit"'],
    ])("%j is answered with %s", (argument, message) => {
      expect(refusalOf(argument)).toBe(message);
    });

    it.each([
      ["domain", "target"],
      ["URL", "target"],
      ["sort", "order_by"],
      ["taget", "target"],
      ["LIMIT", "limit"],
      ["filter", "filters"],
      ["orderBy", "order_by"],
      ["sort_order_by", "order_by"],
      ["backlink_filters", "backlinks_filters"],
      ["includeSubdomains", "include_subdomains"],
      ["status_type", "backlinks_status_type"],
      ["rankScale", "rank_scale"],
    ])("%s is unknown, and the answer names %s", (written, right) => {
      const message = refusalOf({ [written]: 1 });
      expect(message).toMatch(
        new RegExp(`^"${written}": unknown argument; did you mean "${right}"\\? The arguments are target, `),
      );
    });

    it("names every mistake in one round, one a line", () => {
      const { message } = caught(() => parse({ limit: 0, filters: ["page", "~", 1], order_by: 5, colour: "red" }));
      expect(message.split("\n").map((line) => /^"?\w+/.exec(line)?.[0])).toEqual([
        "target",
        "limit",
        "filters",
        "order_by",
        '"colour',
      ]);
    });

    it("says of a missing target that it is required, once", () => {
      expect(caught(() => parse({})).message).toMatch(/^target: is required; use a domain/);
      expect(caught(() => parse({ target: "com" })).message.split("\n")).toHaveLength(1);
    });

    it("says that nothing was charged", () => {
      const error = caught(() => parse({}));
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ kind: "input", facts: { charge: "not_charged" } });
    });

    it.each([undefined, null, [], "forbes.com", 5])("refuses %j in place of the arguments", (input) => {
      expect(caught(() => parse(input)).message).toMatch(/^arguments: must be an object/);
    });
  });

  describe("fields that the catalogue does not know", () => {
    const body = { target: "forbes.com", filters: ["page_summary.future_metric", ">", 1], order_by: ["new_one,asc"] };

    it("are refused by default", () => {
      expect(caught(() => parse(body)).message).toMatch(/^filters: unknown field .*\norder_by\[0\]: unknown field/);
    });

    it("pass where the server allows them, with a note each", () => {
      const { request, notes } = parseRequest(body, { ...RULES, allowUnknownFields: true });
      expect(toRequestBody(request)).toEqual(body);
      expect(notes).toHaveLength(2);
    });
  });

  it("fills in the upstream's defaults where they are asked for", () => {
    expect(withDefaults({ target: "forbes.com", limit: 5 })).toMatchObject({
      limit: 5,
      offset: 0,
      rank_scale: "one_thousand",
    });
  });

  describe("any input", () => {
    const names = Object.keys(WHOLE_BODY);
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(WHOLE_BODY)), hostileText, fc.anything());
    const near = fc.dictionary(fc.oneof(fc.constantFrom(...names), hostileText), value, { maxKeys: 14 });

    it("is read, or refused in lines that begin with an argument's name", () => {
      const head = new RegExp(`^(?:arguments|(?:${names.join("|")})(?:\\[\\d+\\])*|"(?:[^"\\\\]|\\\\.)*"): \\S`);
      fc.assert(
        fc.property(fc.oneof(near, fc.object(), fc.jsonValue(), hostileText), (input) => {
          try {
            expect(parse(input).request.target).toMatch(/\./);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            const { kind, message } = error as AppError;
            expect(kind).toBe("input");
            for (const line of message.split(/[\n\r\u2028\u2029\u0085]/)) expect(line).toMatch(head);
          }
        }),
        { numRuns: 500 },
      );
    });

    it("that is read comes back the same from its wire form", () => {
      fc.assert(
        fc.property(fc.subarray(Object.entries(WHOLE_BODY)), (entries) => {
          const { request } = parse({ target: "forbes.com", ...Object.fromEntries(entries) });
          expect(parse(toRequestBody(request))).toEqual({ request, notes: [] });
        }),
      );
    });
  });
});

const schema = toAdvertisedSchema(BODY);
const properties = schema["properties"] as Record<string, Record<string, unknown>>;

describe("the advertised schema", () => {
  it("has the twelve fields of the request body and no other", () => {
    expect(Object.keys(BODY)).toEqual(BODY_FIELDS);
    expect(Object.keys(properties)).toEqual(BODY_FIELDS);
    expect(schema["additionalProperties"]).toBe(false);
  });

  it("asks for the target only", () => {
    expect(schema["required"]).toEqual(["target"]);
  });

  it("tells the documented defaults", () => {
    const defaults = Object.entries(properties).flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [[name, value]],
    );
    expect(Object.fromEntries(defaults)).toEqual({
      limit: 100,
      offset: 0,
      internal_list_limit: 10,
      backlinks_status_type: "live",
      include_subdomains: true,
      exclude_internal_backlinks: true,
      rank_scale: "one_thousand",
    });
  });

  it("tells the documented bounds and choices", () => {
    expect(properties["limit"]).toMatchObject({ type: "integer", minimum: 1, maximum: 1000 });
    expect(properties["offset"]).toMatchObject({ type: "integer", minimum: 0 });
    expect(properties["internal_list_limit"]).toMatchObject({ type: "integer", minimum: 1, maximum: 1000 });
    expect(properties["backlinks_status_type"]).toMatchObject({ type: "string", enum: ["live", "all", "lost"] });
    expect(properties["rank_scale"]).toMatchObject({ type: "string", enum: ["one_thousand", "one_hundred"] });
    expect(properties["tag"]).toMatchObject({ type: "string", maxLength: 255 });
  });

  it("describes every field", () => {
    for (const name of BODY_FIELDS) expect(properties[name]?.["description"], name).toMatch(/\S{3}/);
  });

  it("keeps the nested filter arrays open", () => {
    for (const name of ["filters", "backlinks_filters"]) {
      expect(properties[name]).toMatchObject({ type: "array", items: {} });
    }
  });

  it("stays within what every client passes on unharmed", () => {
    const json = JSON.stringify(schema);
    for (const keyword of ["$schema", "$ref", "$defs", "anyOf", "oneOf", "allOf", "prefixItems"]) {
      expect(json).not.toContain(`"${keyword}"`);
    }
    expect(json).not.toMatch(/"type":\[/);
  });
});

describe("request key", () => {
  const RULES = { allowUnknownFields: false, mapBareNames: true };

  const keyOf = (fields: Record<string, unknown>, upstream = "aisa"): string =>
    toRequestKey(DOMAIN_PAGES, parseRequest({ target: "acme.example", ...fields }, RULES).request, upstream);

  /** The same filter with every group's members in reverse order. */
  const turnAround = (filter: Filter): Filter =>
    filter.kind === "condition" ? filter : { ...filter, members: filter.members.map(turnAround).reverse() };

  const PLAIN = keyOf({});
  const A = ["status_code", ">=", 400];
  const B = ["page_summary.backlinks", ">", 10];
  const C = ["page", "like", "%/blog/%"];

  describe("the key of a request", () => {
    it("is 32 hexadecimal digits", () => {
      expect(PLAIN).toMatch(/^[0-9a-f]{32}$/);
    });

    it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
      ["a default written out", {}, { limit: 100 }],
      [
        "all defaults written out",
        {},
        {
          limit: 100,
          offset: 0,
          internal_list_limit: 10,
          backlinks_status_type: "live",
          include_subdomains: true,
          exclude_internal_backlinks: true,
          rank_scale: "one_thousand",
        },
      ],
      ["a tag", {}, { tag: "march" }],
      ["an empty filter and no sorting", {}, { filters: [], order_by: [] }],
      ["the target as a URL", {}, { target: "https://www.Acme.example/path" }],
      ["the order of keys", { limit: 5, offset: 5 }, { offset: 5, limit: 5 }],
      ["numbers as text", { limit: 5 }, { limit: "5" }],
      ["one condition wrapped", { filters: A }, { filters: [A] }],
      ["a filter as a JSON string", { filters: A }, { filters: JSON.stringify(A) }],
      ["a bare field name", { filters: B }, { filters: ["backlinks", ">", 10] }],
      ["conditions in another order", { filters: [A, "and", B] }, { filters: [B, "and", A] }],
      ["needless nesting", { filters: [A, "and", B, "and", C] }, { filters: [[C, "and", A], "and", B] }],
      ["a condition said twice", { filters: [A, "or", B] }, { filters: [A, "or", B, "or", A] }],
      [
        "the values of in, ordered otherwise",
        { filters: ["status_code", "in", [404, 410]] },
        { filters: ["status_code", "in", [410, 404, 410]] },
      ],
      [
        "backlinks_filters too",
        { backlinks_filters: ["dofollow", "=", true] },
        { backlinks_filters: [["dofollow", "=", true]] },
      ],
    ])("does not change with %s", (_what, one, other) => {
      expect(keyOf(one)).toBe(keyOf(other));
    });

    it.each<[string, Record<string, unknown>]>([
      ["the target", { target: "shop.acme.example" }],
      ["the limit", { limit: 101 }],
      ["the offset", { offset: 1 }],
      ["the length of lists", { internal_list_limit: 11 }],
      ["the status type", { backlinks_status_type: "all" }],
      ["subdomains", { include_subdomains: false }],
      ["internal backlinks", { exclude_internal_backlinks: false }],
      ["the rank scale", { rank_scale: "one_hundred" }],
      ["a filter", { filters: A }],
      ["a filter of backlinks", { backlinks_filters: ["dofollow", "=", true] }],
      ["sorting", { order_by: ["page_summary.backlinks,desc"] }],
    ])("changes with %s", (_what, fields) => {
      expect(keyOf(fields)).not.toBe(PLAIN);
    });

    it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
      ["and from or", { filters: [A, "and", B] }, { filters: [A, "or", B] }],
      ["nesting that matters", { filters: [A, "and", [B, "or", C]] }, { filters: [[A, "and", B], "or", C] }],
      ["a filter of pages from one of backlinks", { filters: ["first_visited", ">", "2020-01-01"] }, {}],
      [
        "the order of sorting rules",
        { order_by: ["page_summary.rank,desc", "page,asc"] },
        { order_by: ["page,asc", "page_summary.rank,desc"] },
      ],
    ])("tells %s", (_what, one, other) => {
      expect(keyOf(one)).not.toBe(keyOf(other));
    });

    it("tells upstreams apart: a sandbox never answers for the paid endpoint", () => {
      expect(keyOf({}, "sandbox")).not.toBe(PLAIN);
    });

    it("stays the same however a filter's groups are turned around, and when it is parsed from its own wire form", () => {
      fc.assert(
        fc.property(anyFilter("pages"), (filters) => {
          const key = toRequestKey(DOMAIN_PAGES, { target: "acme.example", filters }, "aisa");
          expect(toRequestKey(DOMAIN_PAGES, { target: "acme.example", filters: turnAround(filters) }, "aisa")).toBe(
            key,
          );
          expect(keyOf({ filters: toWireFilter(filters) })).toBe(key);
        }),
      );
    });
  });
});
