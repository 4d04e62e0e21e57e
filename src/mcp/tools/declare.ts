import type { StandardSchemaWithJSON, ToolAnnotations } from "@modelcontextprotocol/server";
import type { Reach } from "../../tools.ts";

/**
 * What hosts are told of a tool of ours.
 *
 * A purchase is not read-only, although it writes nothing that anybody else could see: it takes the user's money and
 * today's budget. Hosts skip their question to the user where a tool says that it is (VS Code, Cursor's ask mode, Claude
 * Code's plan mode, ChatGPT), and a charge is what they should ask about. Nor is it idempotent: the same call is answered
 * for free from the kept snapshot only while that is fresh and can be read, so a host that repeats it may have it paid
 * again. It destroys nothing. All others change nothing, however often they are called: they can be approved once and for
 * all, which also makes asking what is kept the easy way. The sandbox is declared alike: lists do not change with a key.
 *
 * Hints bind nobody. What holds money back is ours: the cap per call, the budget per day, `DOMAIN_PAGES_ASK_ABOVE_USD`.
 */
export function annotate(title: string, reach: Reach): ToolAnnotations {
  const isFree = reach !== "purchase";
  return {
    title,
    readOnlyHint: isFree,
    destructiveHint: false,
    idempotentHint: isFree,
    openWorldHint: reach !== "kept",
  };
}

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
