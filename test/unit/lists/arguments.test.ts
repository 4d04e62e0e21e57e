import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ADDED_BY_CLIENTS,
  isAddedByClient,
  isLeftOut,
  nearestName,
  Refusal,
  readArguments,
} from "../../../src/lists/arguments.ts";
import { listArguments } from "../../../src/lists/query/parse-list-query.ts";
import { parseComparison } from "../../../src/pages/compare/parse-comparison.ts";
import { parseRequest } from "../../../src/pages/domain-pages.ts";
import { ASKING_PAGES } from "../../../src/pages/query/asking-pages.ts";
import { parseQuery } from "../../../src/pages/query/query-pages.ts";
import { COMPARISON_FIELDS } from "../../../src/pages/query/query-schema.ts";
import { BODY_FIELDS } from "../../support/body-fields.ts";
import { caught } from "../../support/caught.ts";

const TOOLS: readonly { tool: string; names: readonly string[]; parse: (input: object) => { notes: string[] } }[] = [
  {
    tool: "get_domain_pages and estimate_domain_pages",
    names: BODY_FIELDS,
    parse: (input) =>
      parseRequest({ target: "acme.example", ...input }, { allowUnknownFields: false, mapBareNames: true }),
  },
  {
    tool: "query_domain_pages",
    names: listArguments(ASKING_PAGES),
    parse: (input) => parseQuery({ target: "acme.example", ...input }),
  },
  {
    tool: "compare_domain_pages",
    names: COMPARISON_FIELDS,
    parse: (input) => parseComparison({ target: "acme.example", other_target: "example.com", ...input }),
  },
];

/** With whether a person may have meant a word by it. */
const NOTHINGS: readonly [unknown, boolean][] = [
  ["", false],
  [" \n", false],
  ["null", true],
  ["NULL", true],
  ["undefined", true],
  ["None", true],
  ["nil", true],
  ['"null"', true],
  ["'undefined'", true],
  ['""', false],
  ["''", false],
  [[], false],
  [{}, false],
  ["[]", false],
  ["{}", false],
  [["null"], true],
  [[null, ""], false],
  ['["null"]', true],
  ["[[]]", false],
];

describe.each(TOOLS)("the arguments of $tool", ({ names, parse }) => {
  const optional = names.filter((name) => name !== "target" && name !== "other_target");

  it("pass over what a client added, with one note", () => {
    const n8n = { toolCallId: "call_0BC", sessionId: "1bd19", action: "sendMessage", chatInput: "?", tool: "x" };
    expect(parse(n8n).notes).toEqual(["ignored what the client added: toolCallId, sessionId, action, chatInput, tool"]);
    expect(parse({ task_progress: "- [ ] audit", _meta: {}, "_a b": 1 }).notes).toEqual([
      'ignored what the client added: task_progress, _meta, "_a b"',
    ]);
  });

  it("pass over the fields of an item that n8n sends along, whatever they are called, but none that could be meant", () => {
    const n8n = { toolCallId: "call_0BC", tool: "x", webhookUrl: "https://a.example/h", message: { text: "?" } };
    expect(parse(n8n).notes).toEqual(["ignored what the client added: toolCallId, tool, webhookUrl, message"]);
    expect(caught(() => parse({ ...n8n, taget: "x" })).message).toContain('"taget": unknown argument; did you mean');
    expect(caught(() => parse({ webhookUrl: "x" })).message).toContain('"webhookUrl": unknown argument');
  });

  it("name only some of many that were added", () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`_${index}`, index]));
    expect(parse(many).notes).toEqual(["ignored what the client added: _0, _1, _2, _3, _4, _5 and 3 more"]);
  });

  it.each(NOTHINGS)("are left out where they are %j", (nothing, isWord) => {
    const parsed = parse(Object.fromEntries(optional.map((name) => [name, nothing])));
    expect({ ...parsed, notes: [] }).toEqual({ ...parse({}), notes: [] });
    const told = parsed.notes.filter((note) => note.includes(`counts as left out: ${optional.join(", ")}`));
    expect(told).toHaveLength(isWord ? 1 : 0);
  });

  it("are refused under a name that could be meant, with the name where one is near", () => {
    expect(caught(() => parse({ taget: "x" })).message).toContain('"taget": unknown argument; did you mean "target"?');
    expect(caught(() => parse({ colour: "red" })).message).toBe(
      `"colour": unknown argument; the arguments are ${names.join(", ")}`,
    );
  });

  it("share no name with what clients add", () => {
    for (const name of names) expect(isAddedByClient(name)).toBe(false);
  });
});

it("every client that adds arguments is told of with a source", () => {
  for (const { client, names, sources } of ADDED_BY_CLIENTS) {
    expect(client).not.toBe("");
    expect(names.length).toBeGreaterThan(0);
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) expect(source).toMatch(/^github\.com\/[\w.-]+\/[\w.-]+\/(?:issues|pull)\/\d+$/);
    for (const name of names) expect(isAddedByClient(name)).toBe(true);
  }
  expect(isAddedByClient("tool_call_id")).toBe(true);
});

it("compare takes no limit, and does not guess that target was meant", () => {
  const error = caught(() => parseComparison({ target: "a.example", other_target: "b.example", limit: 5 }));
  expect(error.message).toBe(`"limit": unknown argument; the arguments are ${COMPARISON_FIELDS.join(", ")}`);
});

it("a search for a word for nothing is told how to be one", () => {
  expect(parseQuery({ target: "acme.example", text: "null" }).notes.join()).toContain(
    'filters ["page","like","%null%"]',
  );
});

it.each([0, false, "0", "false", "nullable", "nothing", ["x"], [0], { a: null }, '["x"]', "[", Number.NaN])(
  "%j is not left out",
  (value) => {
    expect(isLeftOut(value)).toBe(false);
  },
);

it("decides about anything, however deep, without a word of its own", () => {
  let deep: unknown = [];
  for (let level = 0; level < 20_000; level += 1) deep = [deep];
  expect(isLeftOut(deep)).toBe(false);
  fc.assert(fc.property(fc.anything(), (value) => typeof isLeftOut(value) === "boolean"));
});

it.each([
  ["colum", "columns"],
  ["minBacklinks", "min_backlinks"],
  ["order", "order_by"],
  ["sort_order_by", "order_by"],
  ["limit_to", "limit"],
])("%s is near %s", (written, name) => {
  expect(nearestName(written, listArguments(ASKING_PAGES))).toBe(name);
});

it.each(["colour", "x", "max_results", "", "verbose", "limit"])("%j is near no argument of compare", (written) => {
  expect(nearestName(written, COMPARISON_FIELDS)).toBeUndefined();
});

it("what is not a refusal is a mistake of ours, and passes", () => {
  const vocabulary = { names: ["a"], works: "{}" } as const;
  expect(() =>
    readArguments({ a: 1 }, vocabulary, () => {
      throw new RangeError("ours");
    }),
  ).toThrow(RangeError);
  const { refusals } = readArguments({ a: 1 }, vocabulary, () => {
    throw new Refusal("a", "no");
  });
  expect(refusals.map(({ message }) => message)).toEqual(["a: no"]);
});
