import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { makeTempFolder } from "../../support/temp-home.ts";
import type { ClientUnderTest, Transport, Variant } from "../clients.ts";
import { installLocked } from "./install.ts";
import { judge } from "./judge.ts";
import { type OpenServer, openServer } from "./open-server.ts";
import { readSent } from "./passed.ts";
import { findNode, runProgram, type Told } from "./run-program.ts";
import { LAST_WORDS, QUESTION } from "./script.ts";
import type { SeenConversation } from "./seen-table.ts";
import type { Conversation, StandIn } from "./stand-in.ts";

/** One line of a run: a conversation, or a program of docs/clients.md. */
export interface Checked {
  label: string;
  /** Empty when all is well. */
  problems: string[];
  /** What to say of it when all is well. */
  note: string;
  seen?: SeenConversation;
}

const CLIENTS_FOLDER = fileURLToPath(new URL("..", import.meta.url));
const EXAMPLE = "readme-example.mjs";

/** Several times what the slowest takes on two busy cores. */
const MAX_CLIENT_MS = 120_000;

/** Clients get invented keys, and a proxy that is not there for whatever lies outside this machine. */
const CLIENT_ENV = {
  PATH: process.env["PATH"] ?? "",
  OPENAI_API_KEY: "sk-invented",
  ANTHROPIC_API_KEY: "sk-ant-invented",
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost",
  OPENAI_AGENTS_DISABLE_TRACING: "1",
  MASTRA_TELEMETRY_DISABLED: "1",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
};

interface OpenConversation extends OpenServer {
  name: string;
  variant: Variant;
  transport: Transport;
  model: Conversation;
}

/** Installs a client if need be and holds all its conversations, each with a server and a model of its own. */
export async function checkClient(client: ClientUnderTest, standIn: StandIn): Promise<Checked[]> {
  const folder = path.join(CLIENTS_FOLDER, client.name);
  await installLocked(folder);
  const version = await readVersion(folder, client);
  const open: OpenConversation[] = [];
  try {
    for (const { variant, transport } of listConversations(client)) {
      const name = `${client.name}-${open.length}`;
      open.push({ name, variant, transport, model: standIn.open(name), ...(await openServer(transport)) });
    }
    const sessions = open.map(({ name, variant, server, model }) => {
      return { name, variant: variant.name, server, modelUrl: model.url, question: QUESTION };
    });
    const run = await runProgram(path.join(folder, "driver.mjs"), {
      node: await findNode(client.oldestNode),
      cwd: makeTempFolder(),
      env: { ...CLIENT_ENV, HOME: makeTempFolder(), SESSIONS: JSON.stringify(sessions) },
      maxMs: MAX_CLIENT_MS,
    });
    return open.map((conversation) => {
      const told = run.told.find(({ name }) => name === conversation.name);
      const { checked, seen } = checkConversation(client, conversation, told);
      // A driver that ended badly fails each of its conversations.
      const problems = run.failure === "" ? checked.problems : [...checked.problems, run.failure];
      return { ...checked, problems, seen: { ...seen, version } };
    });
  } finally {
    await Promise.all(open.map(({ close }) => close()));
  }
}

const listConversations = ({ variants }: ClientUnderTest) =>
  variants.flatMap((variant) => variant.transports.map((transport) => ({ variant, transport })));

function checkConversation(
  client: ClientUnderTest,
  { variant, transport, model, passed }: OpenConversation,
  told: Told | undefined,
): { checked: Checked; seen: Omit<SeenConversation, "version"> } {
  const { seen, problems } = judge(model.recorded(), readSent(passed()), told?.said);
  const { toolCount, toolTokens, answer } = seen;
  return {
    checked: {
      label: [client.name, variant.name, transport].filter(Boolean).join(", "),
      problems: told?.failure === undefined ? problems : [told.failure, ...problems],
      note: `${toolCount} tools in ${toolTokens} tokens, the answer as ${answer.form} in ${answer.tokens}`,
    },
    seen: { client, variant, transport, seen, note: told?.note ?? "" },
  };
}

/** @returns the version that is installed; empty where the variants are versions */
async function readVersion(folder: string, { package: name }: ClientUnderTest): Promise<string> {
  if (name === undefined) return "";
  const lock = JSON.parse(await readFile(path.join(folder, "package-lock.json"), "utf8"));
  return lock.packages[`node_modules/${name}`].version;
}

/** Whether docs/clients.md shows a program for this client. */
export const hasExample = ({ name }: ClientUnderTest): boolean => existsSync(path.join(CLIENTS_FOLDER, name, EXAMPLE));

/**
 * Runs a client's program of docs/clients.md as it stands there.
 * @param cwd where `npx` finds this checkout's packed package
 */
export async function checkExample(client: ClientUnderTest, standIn: StandIn, cwd: string): Promise<Checked> {
  const model = standIn.open(`${client.name}-example`);
  const { stdout, failure } = await runProgram(path.join(CLIENTS_FOLDER, client.name, EXAMPLE), {
    node: await findNode(client.oldestNode),
    cwd,
    env: { ...CLIENT_ENV, HOME: makeTempFolder(), OPENAI_BASE_URL: `${model.url}/v1` },
    maxMs: MAX_CLIENT_MS,
  });
  const { results, problems: met } = model.recorded();
  const problems = [...met, ...(failure === "" ? [] : [failure])];
  if (stdout.trim() !== LAST_WORDS) problems.push(`it printed: ${stdout}`);
  if (!results[0]?.join("\n").includes("SANDBOX: ")) problems.push("the model was not shown the server's answer");
  return { label: `${client.name}, example of docs/clients.md`, problems, note: "prints the model's answer" };
}
