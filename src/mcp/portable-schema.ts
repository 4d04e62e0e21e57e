import type { StandardSchemaWithJSON } from "@modelcontextprotocol/server";

/**
 * Advertises a JSON Schema and lets every argument object through: validation is the domain's, whose messages
 * name the field, the rule and a value that works. The schema is made when it is first listed.
 */
export function toPortableSchema(create: () => Record<string, unknown>): StandardSchemaWithJSON<unknown> {
  let schema: Record<string, unknown> | undefined;
  const advertise = () => {
    schema ??= create();
    return schema;
  };
  return {
    "~standard": {
      version: 1,
      vendor: "domain-pages-mcp",
      validate: (value) => ({ value }),
      jsonSchema: { input: advertise, output: advertise },
    },
  };
}
