import type { Rule } from "./listing.ts";
import { describeViewLink, isObject, toPointer } from "./listing.ts";

const NAME = /^[a-z][a-z0-9_]*$/;
const MAX_NAME_CHARS = 64;
const MAX_TITLE_CHARS = 64;

const MEMBERS = ["name", "title", "description", "inputSchema", "annotations"];
const HINTS = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

/** What a host calls an entry of a server. */
const withHostPrefix = (server: string, name: string): string => `mcp__${server}__${name}`;

/** @returns what is wrong with the name of a tool or prompt; undefined for nothing */
export function describeName(server: string, name: unknown): string | undefined {
  if (typeof name !== "string" || !NAME.test(name)) return `must match ${NAME}`;
  const full = withHostPrefix(server, name);
  return full.length > MAX_NAME_CHARS ? `${full} has ${full.length} characters, ${MAX_NAME_CHARS} at most` : undefined;
}

/** @returns what is wrong with a title; undefined for nothing */
export function describeTitle(title: unknown): string | undefined {
  if (typeof title !== "string" || title.trim() === "") return "must be there";
  return title.length > MAX_TITLE_CHARS ? `has ${title.length} characters, ${MAX_TITLE_CHARS} at most` : undefined;
}

export const TOOL_RULES: readonly Rule[] = [
  {
    name: "tool-names",
    because:
      "Large APIs take letters, digits and underscores, 64 of them, and hosts put mcp__, the server's name and two underscores before a tool's.",
    *check({ server, tools }) {
      for (const [index, { name }] of tools.entries()) {
        const says = describeName(server, name);
        if (says !== undefined) yield { path: toPointer("tools", index, "name"), says };
      }
    },
  },
  {
    name: "tool-members",
    because:
      "What a tool carries beyond these costs tokens in each conversation, and reaches no model through most hosts.",
    *check({ tools }) {
      for (const [index, tool] of tools.entries()) {
        for (const member of Object.keys(tool)) {
          // The rest have rules of their own.
          if (!MEMBERS.includes(member) && member !== "outputSchema" && member !== "_meta") {
            yield { path: toPointer("tools", index, member), says: `is none of ${MEMBERS.join(", ")}` };
          }
        }
      }
    },
  },
  {
    name: "view-links",
    because:
      "Hosts open the page that a tool names with its results; one that is not listed shows as an error, and anything else in _meta costs every client bytes.",
    *check({ tools, resources }) {
      for (const [index, tool] of tools.entries()) {
        const says = "_meta" in tool ? describeViewLink(tool["_meta"], resources) : undefined;
        if (says !== undefined) yield { path: toPointer("tools", index, "_meta"), says };
      }
    },
  },
  {
    name: "no-output-schema",
    because:
      "An answer that fails its output schema becomes an error after the money is spent, and the schema is paid for in each conversation.",
    *check({ tools }) {
      for (const [index, tool] of tools.entries()) {
        if ("outputSchema" in tool)
          yield { path: toPointer("tools", index, "outputSchema"), says: "must not be there" };
      }
    },
  },
  {
    name: "tool-titles",
    because:
      "Hosts show people the title, some from the tool and some from its annotations: it is there, short, and the same.",
    *check({ tools }) {
      for (const [index, { title, annotations }] of tools.entries()) {
        const says = describeTitle(title);
        if (says !== undefined) yield { path: toPointer("tools", index, "title"), says };
        else if (isObject(annotations) && typeof annotations["title"] === "string" && annotations["title"] !== title) {
          yield { path: toPointer("tools", index, "annotations", "title"), says: "is not the tool's title" };
        }
      }
    },
  },
  {
    name: "annotations-complete",
    because:
      "A hint that is left out counts as its worst: hosts then ask before each call, or refuse the tool where they vet it. Directories of desktops ask for them.",
    *check({ tools }) {
      for (const [index, { annotations }] of tools.entries()) {
        const path = toPointer("tools", index, "annotations");
        if (!isObject(annotations)) {
          yield { path, says: "must be there" };
          continue;
        }
        if (typeof annotations["title"] !== "string") yield { path: `${path}/title`, says: "must be text" };
        for (const hint of HINTS) {
          if (typeof annotations[hint] !== "boolean") yield { path: `${path}/${hint}`, says: "must be true or false" };
        }
      }
    },
  },
  {
    name: "annotations-agree",
    because:
      "A tool that reads only destroys nothing and changes nothing when called again; a host that is told both believes neither.",
    *check({ tools }) {
      for (const [index, { annotations }] of tools.entries()) {
        if (!isObject(annotations) || annotations["readOnlyHint"] !== true) continue;
        const path = toPointer("tools", index, "annotations");
        if (annotations["destructiveHint"] === true) yield { path: `${path}/destructiveHint`, says: "is read-only" };
        if (annotations["idempotentHint"] === false) yield { path: `${path}/idempotentHint`, says: "is read-only" };
      }
    },
  },
];
