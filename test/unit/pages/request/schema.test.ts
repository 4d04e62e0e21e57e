import { describe, expect, it } from "vitest";
import { REQUEST_FIELDS, toAdvertisedSchema } from "../../../../src/pages/body.ts";
import { BODY_FIELDS } from "../../../support/body-fields.ts";

const schema = toAdvertisedSchema();
const properties = schema["properties"] as Record<string, Record<string, unknown>>;

describe("the advertised schema", () => {
  it("has the twelve fields of the request body and no other", () => {
    expect(REQUEST_FIELDS).toEqual(BODY_FIELDS);
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
