import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/errors.ts";
import {
  describeFailure,
  parseRequest,
  requestSchema,
  toRequestBody,
  toRequestKey,
} from "../../../src/library/pages.ts";
import { toAdvertisedSchema } from "../../../src/pages/body.ts";
import { caught } from "../../support/caught.ts";

describe("the schema of a request", () => {
  it("is the one that the server advertises", () => {
    expect(requestSchema()).toEqual(toAdvertisedSchema());
  });

  it("is the caller's own, to change as they like", () => {
    const schema = requestSchema();
    schema["title"] = "mine";
    (schema["properties"] as Record<string, unknown>)["more"] = {};
    expect(requestSchema()).toEqual(toAdvertisedSchema());
  });
});

describe("a request that is read", () => {
  it("is kind on form, and says what it read differently", () => {
    const read = parseRequest(
      '{"target":"https://www.Acme.example/shop","limit":"50","filters":"[\\"referring_pages\\",\\">\\",5]","tag":null}',
    );
    expect(read.request).toMatchObject({
      target: "acme.example",
      limit: 50,
      filters: { field: "page_summary.referring_pages" },
    });
    expect(read.notes).toHaveLength(2);
    expect(read.notes[0]).toContain('read as "acme.example"');
  });

  it("is refused with the field, the rule and a value that works, for every field at once", () => {
    const error = caught(() => parseRequest({ target: "acme.example", limit: 5000, rank_scale: "ten", sorting: [] }));
    expect(error).toBeInstanceOf(AppError);
    expect(describeFailure(error as AppError).split("\n")).toEqual([
      'limit: must be a whole number, 1 to 1000, got "5000"; try 1000',
      'rank_scale: must be one of one_thousand, one_hundred, got "ten"; try "one_thousand"',
      expect.stringMatching(/^"sorting": unknown argument; the arguments are target, limit, /),
      "Not charged.",
    ]);
    expect((error as AppError).facts.refused).toEqual(["limit", "rank_scale", '"sorting"']);
  });

  it("takes fields that the catalogue does not know only where that is asked for", () => {
    const input = { target: "acme.example", order_by: ["page_summary.brand_new,desc"] };
    expect(() => parseRequest(input)).toThrow("order_by[0]");
    expect(toRequestBody(parseRequest(input, { allowUnknownFields: true }).request).order_by).toEqual(input.order_by);
  });

  it("becomes a body without the keys that were left out", () => {
    const { request } = parseRequest({ target: "acme.example", filters: [["status_code", ">=", 400]], limit: null });
    expect(toRequestBody(request)).toEqual({ target: "acme.example", filters: ["status_code", ">=", 400] });
  });
});

describe("the key of a request", () => {
  const keyOf = (input: object, upstream?: string) =>
    toRequestKey(parseRequest({ target: "acme.example", ...input }).request, upstream);

  it("is the same for every spelling of the same wish", () => {
    expect(keyOf({})).toMatch(/^[0-9a-f]{32}$/);
    expect(keyOf({ limit: 100, tag: "mine", include_subdomains: true })).toBe(keyOf({}));
    expect(keyOf({ target: "https://www.acme.example/" })).toBe(keyOf({}));
  });

  it("is stable from release to release, since answers are kept under it", () => {
    expect(keyOf({})).toMatchInlineSnapshot(`"f738b2756f210770f7a743d89a5754df"`);
  });

  it("differs with what is asked and with who is asked", () => {
    expect(new Set([keyOf({}), keyOf({ limit: 10 }), keyOf({}, "other")]).size).toBe(3);
  });
});
