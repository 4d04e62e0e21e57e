import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequests,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";

/** What a fixture tool remembers between rounds. */
export interface Remembered {
  round: number;
}

type Properties = Record<string, unknown>;

const text = (words: string) => ({ content: [{ type: "text" as const, text: words }] });

const elicit = (message: string, properties: Properties, required = Object.keys(properties)) =>
  inputRequired.elicit({ message, requestedSchema: { type: "object", properties, required } as never });

const sample = (words: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: words } }], maxTokens });

const NAME = elicit("What is your name?", { name: { type: "string" } });
const CONFIRM = elicit("Please confirm", { ok: { type: "boolean" } });

/** The answers to all of these, in words; undefined while one is missing or is no answer to what was asked. */
function readAnswers({ mcpReq }: ServerContext, asked: InputRequests): string | undefined {
  const answers = Object.keys(asked).map((key) => {
    const answer = inputResponse(mcpReq.inputResponses, key);
    if (answer.kind === "missing") return undefined;
    if (answer.kind === "roots") return answer.roots.map(({ uri }) => uri).join(" ");
    if (answer.kind === "sampling")
      return [answer.result.content]
        .flat()
        .map((one) => JSON.stringify(one))
        .join(" ");
    if (answer.action === "accept" && answer.content === undefined) return undefined;
    return `action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`;
  });
  return answers.includes(undefined) ? undefined : answers.join("; ");
}

/** The tools and the prompt that ask; in the older era the SDK turns what they return into requests to the client. */
export function registerFixtureQuestions(server: McpServer, codec: RequestStateCodec<Remembered>): void {
  const add = (name: string, asked: InputRequests, opening = "") =>
    server.registerTool(name, { description: "Asks" }, async (context) => {
      const answers = readAnswers(context, asked);
      return answers === undefined ? inputRequired({ inputRequests: asked }) : text(`${opening}${answers}`);
    });
  add("test_input_required_result_elicitation", { user_name: NAME }, "Hello! ");
  add("test_input_required_result_sampling", { capital_question: sample("What is the capital of France?", 100) });
  add("test_input_required_result_list_roots", { client_roots: inputRequired.listRoots() });
  add("test_missing_capability", { greeting: sample("Hello", 10) });
  add("test_streaming_elicitation", { user_name: NAME });
  add("test_elicitation_sep1034_defaults", { question: elicit("Defaults", DEFAULTS, []) }, "Elicitation completed: ");
  add("test_elicitation_sep1330_enums", { question: elicit("Choices", CHOICES, []) }, "Elicitation completed: ");

  server.registerTool(
    "test_input_required_result_capabilities",
    { description: "Asks what it may" },
    async (context) => {
      const envelope: Record<string, unknown> = { ...context.mcpReq.envelope };
      const can = (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as ClientCapabilities;
      const asked: InputRequests = {
        ...(can.elicitation && { user_name: NAME }),
        ...(can.sampling && { greeting: sample("Generate a greeting", 50) }),
      };
      return readAnswers(context, asked) === undefined ? inputRequired({ inputRequests: asked }) : text("Answered.");
    },
  );
  server.registerTool(
    "test_sampling",
    { description: "Asks a model", inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, context) => {
      const asked = { answer: sample(prompt, 100) };
      const answers = readAnswers(context, asked);
      return answers === undefined ? inputRequired({ inputRequests: asked }) : text(`LLM response: ${answers}`);
    },
  );
  server.registerTool(
    "test_elicitation",
    { description: "Asks a person", inputSchema: z.object({ message: z.string() }) },
    async (given, context) => {
      const asked = { answer: elicit(given.message, USER) };
      const answers = readAnswers(context, asked);
      return answers === undefined ? inputRequired({ inputRequests: asked }) : text(`User response: ${answers}`);
    },
  );
  server.registerPrompt("test_input_required_result_prompt", { description: "Asks" }, async (context) => {
    const asked = { user_context: elicit("What context should the prompt use?", { context: { type: "string" } }) };
    const answers = readAnswers(context, asked);
    if (answers === undefined) return inputRequired({ inputRequests: asked });
    return { messages: [{ role: "user", content: { type: "text", text: answers } }] };
  });
  addRounds("test_input_required_result_request_state", [{ confirm: CONFIRM }]);
  addRounds("test_input_required_result_tampered_state", [{ confirm: CONFIRM }]);
  addRounds("test_input_required_result_multiple_inputs", [
    { user_name: NAME, greeting: sample("Generate a greeting", 50), client_roots: inputRequired.listRoots() },
  ]);
  addRounds("test_input_required_result_multi_round", [
    { step1: elicit("Step 1: What is your name?", { name: { type: "string" } }) },
    { step2: elicit("Step 2: What is your favorite color?", { color: { type: "string" } }) },
  ]);

  /** One that asks in turn, and knows from signed state alone how far it is. */
  function addRounds(name: string, rounds: InputRequests[]): void {
    server.registerTool(name, { description: "Asks and remembers" }, async (context) => {
      const before = context.mcpReq.requestState<Remembered>()?.round ?? 0;
      const asked = rounds[before - 1];
      const round = asked !== undefined && readAnswers(context, asked) === undefined ? before : before + 1;
      const next = rounds[round - 1];
      if (next === undefined) return text("state-ok");
      return inputRequired({ inputRequests: next, requestState: await codec.mint({ round }, context) });
    });
  }
}

const USER = {
  username: { type: "string", description: "User's response" },
  email: { type: "string", description: "User's email address" },
};

const DEFAULTS = {
  name: { type: "string", default: "John Doe" },
  age: { type: "integer", default: 30 },
  score: { type: "number", default: 95.5 },
  status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
  verified: { type: "boolean", default: true },
};

const OPTIONS = ["option1", "option2", "option3"];
const titled = (words: string) =>
  ["First", "Second", "Third"].map((title, index) => ({ const: `value${index + 1}`, title: `${title} ${words}` }));

const CHOICES = {
  untitledSingle: { type: "string", enum: OPTIONS },
  titledSingle: { type: "string", oneOf: titled("Option") },
  legacyEnum: {
    type: "string",
    enum: ["opt1", "opt2", "opt3"],
    enumNames: ["Option One", "Option Two", "Option Three"],
  },
  untitledMulti: { type: "array", items: { type: "string", enum: OPTIONS } },
  titledMulti: { type: "array", items: { anyOf: titled("Choice") } },
};
