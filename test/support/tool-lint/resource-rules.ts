import { UriTemplate } from "@modelcontextprotocol/server";
import { toPointer } from "./json.ts";
import type { Rule } from "./rule.ts";
import { describePageMeta, isViewUri, VIEW_MEDIA_TYPE } from "./views.ts";

const SCHEME = "domain-pages:";
const VARIABLE = /^[a-z][a-z0-9_]*$/;
const MEDIA_TYPE = /^[a-z]+\/[a-z0-9.+-]+(?:; ?[a-z]+=[\w-]+)?$/;

/** @returns what is wrong with a media type; undefined for nothing */
function describeMediaType(mimeType: unknown, uri: unknown): string | undefined {
  if (isViewUri(uri)) return mimeType === VIEW_MEDIA_TYPE ? undefined : `must be ${VIEW_MEDIA_TYPE}`;
  return typeof mimeType === "string" && MEDIA_TYPE.test(mimeType) ? undefined : "must be a media type";
}

/** @returns what is wrong with an address; undefined for nothing */
function describeUri(uri: unknown): string | undefined {
  if (typeof uri !== "string" || !URL.canParse(uri) || /[{}\s]/.test(uri)) return "is no URI";
  return new URL(uri).protocol === SCHEME ? undefined : `must begin ${SCHEME}`;
}

/** @returns what is wrong with a template; undefined for nothing */
function describeTemplate(written: unknown): string | undefined {
  let template: UriTemplate;
  try {
    template = new UriTemplate(String(written));
  } catch {
    return "is no URI template";
  }
  const names = template.variableNames;
  if (names.length === 0) return "has no variable: it is a resource";
  if (!names.every((name) => VARIABLE.test(name))) return `must have variables that match ${VARIABLE}`;
  if (new Set(names).size < names.length) return "has a variable twice";
  return describeUri(template.expand(Object.fromEntries(names.map((name) => [name, "x"]))));
}

export const RESOURCE_RULES: readonly Rule[] = [
  {
    name: "resource-names",
    because: "Older clients know no titles and show the name; one that is missing fails the schema of the whole list.",
    *check({ resources, resourceTemplates }) {
      for (const [list, entries] of Object.entries({ resources, resourceTemplates })) {
        for (const [index, { name }] of entries.entries()) {
          if (typeof name !== "string" || name.trim() === "")
            yield { path: toPointer(list, index, "name"), says: "must be there" };
        }
      }
    },
  },
  {
    name: "resource-addresses",
    because: "A client that cannot parse an address drops the resource, or the list with it.",
    *check({ resources }) {
      for (const [index, { uri }] of resources.entries()) {
        const says = isViewUri(uri) ? undefined : describeUri(uri);
        if (says !== undefined) yield { path: toPointer("resources", index, "uri"), says };
      }
    },
  },
  {
    name: "template-addresses",
    because:
      "Clients fill templates in by themselves: each has to parse, and to give an address whatever its variables hold.",
    *check({ resourceTemplates }) {
      for (const [index, { uriTemplate }] of resourceTemplates.entries()) {
        const says = describeTemplate(uriTemplate);
        if (says !== undefined) yield { path: toPointer("resourceTemplates", index, "uriTemplate"), says };
      }
    },
  },
  {
    name: "media-types",
    because: "A host chooses by the media type whether it shows a resource, attaches it or offers it at all.",
    *check({ resources, resourceTemplates }) {
      for (const [list, entries] of Object.entries({ resources, resourceTemplates })) {
        for (const [index, { mimeType, uri }] of entries.entries()) {
          // A template that stands for files of several kinds has none.
          const isMissing = mimeType === undefined && list === "resourceTemplates";
          const says = isMissing ? undefined : describeMediaType(mimeType, uri);
          if (says !== undefined) yield { path: toPointer(list, index, "mimeType"), says };
        }
      }
    },
  },
  {
    name: "page-limits",
    because:
      "A host lets a page reach what its csp names and chooses a border itself where none is said: ours reaches nothing, and says both.",
    *check({ resources }) {
      for (const [index, resource] of resources.entries()) {
        const says = "_meta" in resource ? describePageMeta(resource["_meta"]) : undefined;
        if (says !== undefined) yield { path: toPointer("resources", index, "_meta"), says };
      }
    },
  },
];
