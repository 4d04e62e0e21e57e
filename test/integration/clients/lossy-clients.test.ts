import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge, type Verdict } from "../../clients/support/judge.ts";
import type { JsonObject } from "../../clients/support/model-api.ts";
import type { Sent, SentAnswer } from "../../clients/support/passed.ts";
import { type StandIn, startStandIn } from "../../clients/support/stand-in.ts";
import { type Call, converse, type Tool, WIRES } from "./frameworks.ts";

const PROPERTIES = { target: { type: "string", description: "A domain." }, filters: { type: "array", items: {} } };
const TOOLS: Tool[] = ["get", "estimate", "query", "compare"].map((verb) => ({
  name: `${verb}_domain_pages`,
  description: `What ${verb} does, in words.`,
  inputSchema: { type: "object", properties: PROPERTIES },
}));

const ROWS = {
  columns: ["id", "url"],
  rows: [
    ["p1", "/"],
    ["p2", "/anvil"],
  ],
};
const ANSWERS: SentAnswer[] = [
  { text: "snapshot s_abcd1234\np1,/\np2,/anvil", structured: { id: "s_abcd1234", ...ROWS }, isError: false },
  { text: "where broken\np2,/anvil", structured: ROWS, isError: false },
  {
    text: 'Arguments refused.\nfilters: unknown field "backlinkz"; closest: page_summary.backlinks\nNot charged.',
    structured: undefined,
    isError: true,
  },
];

/** What a client makes of the tools, of a call and of an answer before the model or the server sees it. */
interface Habits {
  tools?: (tools: Tool[]) => Tool[];
  args?: (args: JsonObject) => JsonObject;
  pieces?: (answer: SentAnswer) => string[];
  said?: (said: string) => string;
}

describe("a client is held against what the server sent", () => {
  let standIn: StandIn;
  let opened = 0;

  beforeAll(async () => {
    standIn = await startStandIn();
  });
  afterAll(() => standIn.close());

  /** A conversation of a client with these habits; left out, it passes everything on as it is. */
  async function play({
    tools = (all) => all,
    args = (given) => given,
    pieces = ({ text }) => [text],
    said = (words) => words,
  }: Habits = {}): Promise<Verdict> {
    opened += 1;
    const model = standIn.open(`client-${opened}`);
    const [wire] = Object.values(WIRES);
    if (wire === undefined) throw new Error("no wire");
    const sent: Sent = { revision: "2025-11-25", tools: TOOLS, calls: [] };
    const call = ({ name, args: given }: Call) => {
      const answer = ANSWERS[sent.calls.length] ?? { text: "", structured: undefined, isError: true };
      sent.calls.push({ tool: name, args: args(given), answer });
      return pieces(answer);
    };
    const heard = await converse(model.url, wire, { tools: tools(TOOLS), call });
    return judge(model.recorded(), sent, said(heard.said));
  }

  const cutAt = (length: number) => (answer: SentAnswer) => [answer.text.slice(0, length)];
  const onlyIf = (chosen: (answer: SentAnswer) => boolean, change: (text: string) => string) => (answer: SentAnswer) =>
    chosen(answer) ? [change(answer.text)] : [answer.text];

  it.each<[string, Habits, string, string]>([
    ["the text", {}, "text", "none"],
    [
      "the structured form",
      { pieces: (a) => [a.structured ? JSON.stringify(a.structured) : a.text] },
      "structured",
      "none",
    ],
    [
      "both, wrapped",
      { pieces: (a) => [JSON.stringify({ content: [{ text: a.text }], structuredContent: a.structured })] },
      "text and structured",
      "JSON",
    ],
  ])("and is right when it passes on %s", async (_what, habits, form, wrapping) => {
    const { problems, seen } = await play(habits);
    expect(problems).toEqual([]);
    expect(seen).toMatchObject({ toolCount: 4, schemas: {}, descriptions: [], answer: { form, wrapping } });
    expect(Math.min(seen.toolTokens, seen.answer.tokens, seen.followUp.tokens, seen.error.tokens)).toBeGreaterThan(5);
  });

  it.each<[string, Habits, RegExp]>([
    ["cuts answers", { pieces: cutAt(30) }, /^the answer: 1 of 3 lines did not reach the model, such as: p2,\/anvil$/],
    [
      "drops a row of the structured form",
      {
        pieces: (a) => [
          a.structured ? JSON.stringify({ ...a.structured, rows: [["p1", "/"]], id: "s_abcd1234" }) : a.text,
        ],
      },
      /^the answer: .* did not reach the model/,
    ],
    [
      "drops a line of the follow-up",
      {
        pieces: onlyIf(
          ({ text }) => text.startsWith("where"),
          (text) => text.replace("\np2,/anvil", ""),
        ),
      },
      /^the follow-up: 1 of 2 lines/,
    ],
    [
      "puts words of its own in place of a refusal",
      {
        pieces: onlyIf(
          ({ isError }) => isError,
          () => "The tool failed.",
        ),
      },
      /^the refusal: 3 of 3 lines/,
    ],
    ["passes on nothing", { pieces: () => [] }, /^the answer: 3 of 3 lines/],
    ["hides a tool", { tools: (all) => all.slice(0, 3) }, /^tools that the model was not shown: compare_domain_pages$/],
    [
      "hides a field",
      { tools: (all) => all.map((t) => ({ ...t, inputSchema: { properties: { target: PROPERTIES.target } } })) },
      /^the model was not shown query_domain_pages's field filters$/,
    ],
    ["changes arguments", { args: ({ limit: _, ...args }) => args }, /^call 1 reached the server as get_domain_pages/],
    ["swallows the last words", { said: () => "" }, /^the user was told: $/],
  ])("and is caught when it %s", async (_what, habits, problem) => {
    expect((await play(habits)).problems).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
  });

  it("and may send null for what the model left out, which is told", async () => {
    const { problems, seen } = await play({ args: (args) => ({ ...args, tag: null }) });
    expect(problems).toEqual([]);
    expect(seen.sendsNulls).toBe(true);
  });

  it("and changed descriptions are told", async () => {
    const { seen } = await play({ tools: (all) => all.map((tool) => ({ ...tool, description: "A tool." })) });
    expect(seen.descriptions).toEqual(TOOLS.map(({ name }) => name));
  });

  it("and finds nothing right where nothing was recorded", () => {
    const nothing = { tools: [], toolsAsSent: [], results: [], problems: [] };
    const { problems } = judge(nothing, { revision: "", tools: [], calls: [] }, undefined);
    expect(problems).toEqual([
      "the user was told: nothing",
      "call 1 did not reach the server",
      "call 2 did not reach the server",
      "call 3 did not reach the server",
      `tools that the model was not shown: get_domain_pages, estimate_domain_pages, query_domain_pages, compare_domain_pages`,
    ]);
  });
});
