import type { StandardSchemaWithJSON, ToolAnnotations } from "@modelcontextprotocol/server";

/** Where a tool looks: at what is kept here, or also at the gateway. */
export type Reach = "kept" | "gateway";

/**
 * What hosts are told of a tool of ours. None of them writes or destroys anything; the same call again changes nothing
 * either, since the paid tool then answers from the kept snapshot, for free.
 */
export const annotate = (title: string, reach: Reach): ToolAnnotations => ({
  title,
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: reach === "gateway",
});

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
