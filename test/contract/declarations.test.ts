import { readFile } from "node:fs/promises";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALL_SETTINGS, HttpConfigSchema } from "../../src/config/http-settings.ts";
import { INSTRUCTIONS } from "../../src/mcp/server.ts";
import { BODY_FIELDS } from "../support/body-fields.ts";
import { CLIENTS, type ConnectedClient } from "../support/clients.ts";

/** What every client known to us passes on unharmed. */
const PORTABLE_KEYS = new Set(
  "type properties required additionalProperties description default enum items minimum maximum maxLength".split(" "),
);

type Schema = Record<string, unknown>;

/** Every place where a schema leaves the portable subset, by its path. */
function findUnportable(schema: Schema, path = "#"): string[] {
  const strange = Object.keys(schema).filter((key) => !PORTABLE_KEYS.has(key));
  const problems = strange.map((key) => `${path}: ${key}`);
  if (Object.keys(schema).length > 0 && typeof schema["type"] !== "string") problems.push(`${path}: no single type`);
  if (schema["type"] === "array" && schema["items"] === undefined) problems.push(`${path}: array without items`);
  const children = {
    ...(schema["properties"] as Schema | undefined),
    ...(schema["items"] ? { items: schema["items"] } : {}),
  };
  return [
    ...problems,
    ...Object.entries(children).flatMap(([name, child]) => findUnportable(child as Schema, `${path}/${name}`)),
  ];
}

describe("the listed tools", () => {
  let client: ConnectedClient;
  let tools: Awaited<ReturnType<ConnectedClient["listTools"]>>;

  beforeAll(async () => {
    const [, connect] = CLIENTS[0] ?? [];
    if (connect === undefined) throw new Error("no client");
    client = await connect();
    tools = await client.listTools();
  });
  afterAll(() => client.close());

  it("are declared as reviewed", async () => {
    await expect(JSON.stringify(tools, undefined, 2)).toMatchFileSnapshot("__snapshots__/tools.json");
  });

  it("cost at most 1,500 tokens to list", () => {
    expect(encode(JSON.stringify(tools)).length).toBeLessThanOrEqual(1500);
  });

  it("stay within the portable subset of JSON Schema", () => {
    expect(tools.flatMap(({ name, inputSchema }) => findUnportable(inputSchema, name))).toEqual([]);
  });

  it.each([
    ["a union", { type: "object", properties: { a: { anyOf: [{ type: "string" }] } } }],
    ["a reference", { type: "object", properties: { a: { $ref: "#/x" } } }],
    ["a type array", { type: "object", properties: { a: { type: ["string", "null"] } } }],
    ["an array without items", { type: "object", properties: { a: { type: "array" } } }],
    ["a tuple", { type: "object", properties: { a: { type: "array", items: {}, prefixItems: [] } } }],
    ["a dialect", { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object" }],
  ])("are checked for %s", (_what, schema) => {
    expect(findUnportable(schema)).not.toEqual([]);
  });

  it("say whether they write, destroy, or reach out", () => {
    for (const { name, annotations } of tools) {
      expect({ name, annotations }).toMatchObject({
        annotations: {
          title: expect.any(String),
          readOnlyHint: expect.any(Boolean),
          destructiveHint: expect.any(Boolean),
          idempotentHint: expect.any(Boolean),
          openWorldHint: expect.any(Boolean),
        },
      });
    }
  });

  it.each(["get_domain_pages", "estimate_domain_pages"])(
    "%s takes exactly the twelve fields of the request body",
    (name) => {
      const tool = tools.find((each) => each.name === name);
      expect(Object.keys(tool?.inputSchema["properties"] as Schema)).toEqual(BODY_FIELDS);
    },
  );

  it("match the manifest, as do version and settings", async () => {
    const read = async (file: string) => JSON.parse(await readFile(new URL(`../../${file}`, import.meta.url), "utf8"));
    const manifest = await read("manifest.json");
    const { name, version } = await read("package.json");
    expect(manifest).toMatchObject({ name, version });
    expect(manifest.tools.map((tool: { name: string }) => tool.name)).toEqual(tools.map((tool) => tool.name));
    const variables = ALL_SETTINGS.flatMap(({ facts }) => facts.env);
    for (const variable of Object.keys(manifest.server.mcp_config.env)) expect(variables).toContain(variable);
  });
});

describe("instructions and settings", () => {
  it("keep the instructions within the 2 KB that hosts pass on", () => {
    expect(Buffer.byteLength(INSTRUCTIONS)).toBeLessThanOrEqual(2048);
  });

  it("describe every setting", () => {
    expect(ALL_SETTINGS.map(({ key }) => key).sort()).toEqual(Object.keys(HttpConfigSchema.shape).sort());
    for (const { facts } of ALL_SETTINGS) expect(facts.says).toMatch(/\.$/);
  });

  it("never take a secret as a flag", () => {
    expect(ALL_SETTINGS.filter(({ facts, flag }) => facts.secret === true && flag !== undefined)).toEqual([]);
  });
});
