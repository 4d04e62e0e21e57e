import { isDeepStrictEqual } from "node:util";
import { type Arrival, findArrival } from "./arrival.ts";
import { countTokens } from "./count-tokens.ts";
import { isObject, type Json, type JsonObject } from "./model-api.ts";
import type { Sent } from "./passed.ts";
import { findSchemaChanges, findUntyped, type SchemaChanges } from "./schema-changes.ts";
import { LAST_WORDS, takeTurn, WRONG_FIELD } from "./script.ts";
import { findShown, type Recorded } from "./stand-in.ts";

/** One conversation as a reader of the table wants to know it; equal ones are one row. */
export interface Seen {
  revision: string;
  toolCount: number;
  toolTokens: number;
  /** By tool, those that were not kept as advertised. */
  schemas: Record<string, SchemaChanges>;
  /** Tools whose description was not kept. */
  descriptions: string[];
  /** Whether the server was sent null for fields that the model did not mean. */
  sendsNulls: boolean;
  /** Places without a type in tools that were declared strict, by tool. */
  untypedStrict: string[];
  answer: SeenAnswer;
  followUp: SeenAnswer;
  error: SeenAnswer;
}

export interface SeenAnswer {
  form: "text" | "structured" | "text and structured" | "lost";
  wrapping: Arrival["wrapping"];
  tokens: number;
}

export interface Verdict {
  seen: Seen;
  /** What has to be right and is not; empty when the client works with the server. */
  problems: string[];
}

const OUR_TOOLS = ["get_domain_pages", "estimate_domain_pages", "query_domain_pages", "compare_domain_pages"];

/** What a refusal has to say: the field, the rule, a value that works, and the charge. */
const REFUSAL = [/filters/, new RegExp(`unknown field "${WRONG_FIELD}"`), /page_summary\.backlinks/, /Not charged\./];

/** Holds what a model was shown against what the server really sent in the same conversation. */
export function judge(recorded: Recorded, sent: Sent, said: string | undefined): Verdict {
  const problems = [...recorded.problems, ...findScriptProblems(recorded, sent, said)];
  const missing = OUR_TOOLS.filter((tool) => findShown(recorded.tools, tool) === undefined);
  if (missing.length > 0) problems.push(`tools that the model was not shown: ${missing.join(", ")}`);
  const tools = compareTools(recorded, sent);
  problems.push(...findLostFields(sent, tools.schemas));
  const look = (at: number, what: string): SeenAnswer => {
    const pieces = recorded.results[at] ?? [];
    const answer = sent.calls[at]?.answer;
    if (answer === undefined) return { form: "lost", wrapping: "none", tokens: 0 };
    const arrival = findArrival(pieces, answer);
    if (!arrival.text && !arrival.structured) problems.push(`${what}: ${describeLoss(arrival, answer.text)}`);
    return { form: toForm(arrival), wrapping: arrival.wrapping, tokens: countTokens(pieces.join("\n")) };
  };
  return {
    problems,
    seen: {
      revision: sent.revision,
      toolCount: recorded.tools.length,
      toolTokens: countTokens(JSON.stringify(recorded.toolsAsSent)),
      ...tools,
      sendsNulls: sent.calls.some(({ args }) => Object.values(args).includes(null)),
      untypedStrict: findUntypedStrict(recorded),
      answer: look(0, "the answer"),
      followUp: look(1, "the follow-up"),
      error: look(2, "the refusal"),
    },
  };
}

/** Whether the script was played to its end, and its calls reached the server as the model made them. */
function findScriptProblems(recorded: Recorded, sent: Sent, said: string | undefined): string[] {
  const problems: string[] = [];
  if (said !== LAST_WORDS) problems.push(`the user was told: ${said ?? "nothing"}`);
  const shown = recorded.results.map((pieces) => pieces.join("\n"));
  for (const at of [0, 1, 2]) {
    const turn = takeTurn(shown.slice(0, at));
    const call = sent.calls[at];
    if ("say" in turn || call === undefined) problems.push(`call ${at + 1} did not reach the server`);
    else if (!isDeepStrictEqual({ tool: call.tool, args: withoutNulls(call.args) }, turn.call)) {
      problems.push(`call ${at + 1} reached the server as ${call.tool} ${JSON.stringify(call.args)}`);
    }
  }
  const [answer, followUp, refusal] = sent.calls.map((call) => call.answer);
  if (answer?.isError || followUp?.isError) problems.push("the server refused a call that is right");
  if (refusal !== undefined && (!refusal.isError || REFUSAL.some((part) => !part.test(refusal.text)))) {
    problems.push(`the server refused a wrong call with: ${refusal.text}`);
  }
  if (sent.calls.length > 3) problems.push(`${sent.calls.length} calls reached the server`);
  return problems;
}

const withoutNulls = (args: JsonObject) =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));

function compareTools(recorded: Recorded, sent: Sent): Pick<Seen, "schemas" | "descriptions"> {
  const schemas: Seen["schemas"] = {};
  const descriptions: string[] = [];
  for (const { name, description, inputSchema } of sent.tools) {
    const shown = findShown(recorded.tools, name);
    if (shown === undefined) continue;
    if (!shown.description.includes(description)) descriptions.push(name);
    const changes = findSchemaChanges(inputSchema, shown.schema);
    if (Object.values(changes).some((places) => places.length > 0)) schemas[name] = changes;
  }
  return { schemas, descriptions };
}

/** A field that the model does not see is one that it cannot give. */
function findLostFields({ tools }: Sent, schemas: Seen["schemas"]): string[] {
  return tools.flatMap(({ name, inputSchema: { properties } }) => {
    const fields = isObject(properties) ? Object.keys(properties) : [];
    const lost = fields.filter((field) => schemas[name]?.lost.includes(field));
    return lost.map((field) => `the model was not shown ${name}'s field ${field}`);
  });
}

function findUntypedStrict({ tools, toolsAsSent }: Recorded): string[] {
  return tools.flatMap(({ name, schema }, at) =>
    isStrict(toolsAsSent[at]) ? findUntyped(schema).map((place) => `${name}: ${place}`) : [],
  );
}

/** Chat Completions puts the word one level deeper than Responses. */
const isStrict = (tool: Json | undefined): boolean =>
  isObject(tool) && (tool["strict"] === true || (isObject(tool["function"]) && tool["function"]["strict"] === true));

function toForm({ text, structured }: Arrival): SeenAnswer["form"] {
  if (text && structured) return "text and structured";
  if (text) return "text";
  return structured ? "structured" : "lost";
}

function describeLoss({ missing }: Arrival, text: string): string {
  return `${missing.length} of ${text.split("\n").length} lines did not reach the model, such as: ${missing[0]}`;
}
