import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALL_SETTINGS, HttpConfigSchema } from "../../src/config/http-settings.ts";
import { BODY_FIELDS } from "../support/body-fields.ts";
import { CLIENTS, type ConnectedClient } from "../support/clients.ts";

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

  it.each(["get_domain_pages", "estimate_domain_pages"])(
    "%s takes exactly the twelve fields of the request body",
    (name) => {
      const tool = tools.find((each) => each.name === name);
      expect(Object.keys(tool?.inputSchema["properties"] as object)).toEqual(BODY_FIELDS);
    },
  );

  it("are read-only and repeatable for a host where they are free, and neither where they can cost money", () => {
    expect(tools.length).toBeGreaterThan(3);
    for (const { name, description, annotations } of tools) {
      const isFree = !description.includes("PAID");
      expect({ name, ...annotations }).toMatchObject({
        readOnlyHint: isFree,
        idempotentHint: isFree,
        destructiveHint: false,
      });
    }
  });

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

describe("the settings", () => {
  it("are all described, in sentences", () => {
    expect(ALL_SETTINGS.map(({ key }) => key).sort()).toEqual(Object.keys(HttpConfigSchema.shape).sort());
    for (const { facts } of ALL_SETTINGS) expect(facts.says).toMatch(/\.$/);
  });

  it("that are secret are never flags", () => {
    expect(ALL_SETTINGS.filter(({ facts, flag }) => facts.secret === true && flag !== undefined)).toEqual([]);
  });
});
