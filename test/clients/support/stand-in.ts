import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { chatCompletions } from "./chat-completions.ts";
import { messages } from "./messages.ts";
import { isObject, type JsonObject, type ModelApi, type ModelTurn, type Shown, type ShownTool } from "./model-api.ts";
import { noModel } from "./no-model.ts";
import { responses } from "./responses.ts";
import { acceptsNull } from "./schema-changes.ts";
import { type Turn, takeTurn } from "./script.ts";

const APIS: readonly ModelApi[] = [chatCompletions, responses, messages, noModel];

/** What one conversation showed the model, as far as it went. */
export interface Recorded extends Shown {
  /** What stood in the way of the script. */
  problems: string[];
}

export interface Conversation {
  /** Base URL without the version, as Anthropic's clients want it; `/v1` is added for OpenAI's. */
  url: string;
  recorded(): Recorded;
}

export interface StandIn {
  /** A model of its own that follows the script, with a base URL of its own. */
  open(name: string): Conversation;
  close(): Promise<void>;
}

/** What other requests of a framework get, such as one for a title; they show no tool and are no part of the script. */
const ASIDE: ModelTurn = { say: "Yes." };

/**
 * A local stand-in for model APIs: OpenAI Chat Completions, OpenAI Responses, Anthropic Messages, and one for clients
 * without a model. It follows the script and keeps what it was shown. Like a model it has no memory: a turn depends on
 * the request alone, so a request sent twice is answered alike.
 */
export async function startStandIn(): Promise<StandIn> {
  const conversations = new Map<string, Recorded>();
  const server = createServer((req, res) => {
    reply(req, res, conversations).catch((error: unknown) => {
      res
        .writeHead(500, { "content-type": "application/json" })
        .end(JSON.stringify({ error: { message: `${error}` } }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    open(name) {
      const recorded: Recorded = { tools: [], toolsAsSent: [], results: [], problems: [] };
      conversations.set(name, recorded);
      return { url: `http://127.0.0.1:${port}/${name}`, recorded: () => recorded };
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function reply(req: IncomingMessage, res: ServerResponse, conversations: ReadonlyMap<string, Recorded>) {
  const { pathname } = new URL(req.url ?? "/", "http://stand-in");
  const recorded = conversations.get(pathname.split("/")[1] ?? "");
  const api = APIS.find(({ path }) => pathname.endsWith(path));
  if (recorded === undefined || api === undefined || req.method !== "POST") {
    recorded?.problems.push(`${req.method} ${pathname} is not known here`);
    res.writeHead(404, { "content-type": "application/json" }).end('{"error":{"message":"not known here"}}');
    return;
  }
  const request: JsonObject = JSON.parse(await text(req));
  const shown = api.read(request);
  const turn = shown.tools.length === 0 ? ASIDE : takeShownTurn(shown, recorded);
  const id = `${pathname.split("/")[1]}-${shown.results.length}`;
  if (request["stream"] !== true) {
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(api.reply(request, turn, id)));
    return;
  }
  res.writeHead(200, { "content-type": "text/event-stream" });
  for (const { event, data } of api.stream(request, turn, id)) {
    if (event !== undefined) res.write(`event: ${event}\n`);
    res.write(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
  }
  res.end();
}

/** Keeps what is shown and takes the script's turn. */
function takeShownTurn(shown: Shown, recorded: Recorded): ModelTurn {
  const ours = toOurTools(shown);
  if (recorded.tools.length > 0 && JSON.stringify(recorded.toolsAsSent) !== JSON.stringify(ours.toolsAsSent)) {
    recorded.problems.push(`the tools changed with request ${shown.results.length + 1}`);
  }
  Object.assign(recorded, { ...ours, results: shown.results });
  const turn: Turn = takeTurn(shown.results.map((pieces) => pieces.join("\n")));
  if ("say" in turn) return turn;
  const tool = findShown(shown.tools, turn.call.tool);
  if (tool !== undefined) return { call: { name: tool.name, args: withNulls(turn.call.args, tool.schema) } };
  recorded.problems.push(`the model was shown no tool that is ${turn.call.tool}`);
  return { say: `I was shown no ${turn.call.tool}.` };
}

const isOurs = ({ name }: Pick<ShownTool, "name">) => name.endsWith("_domain_pages");

/** A framework may bring tools of its own; they are no part of the record. */
function toOurTools({ tools, toolsAsSent }: Shown): Pick<Shown, "tools" | "toolsAsSent"> {
  return { tools: tools.filter(isOurs), toolsAsSent: toolsAsSent.filter((_, at) => isOurs(tools[at] ?? { name: "" })) };
}

/** Frameworks put the server's name before the tool's. */
export const findShown = (tools: readonly ShownTool[], tool: string): ShownTool | undefined =>
  tools.find(({ name }) => name.endsWith(tool));

/** A model that has to give every field gives null for what it does not mean. */
function withNulls(args: Record<string, unknown>, { required, properties }: JsonObject): Record<string, unknown> {
  const fields = isObject(properties) ? properties : {};
  const nulls = (Array.isArray(required) ? required.map(String) : []).filter((name) => {
    const field = fields[name];
    return isObject(field) && acceptsNull(field);
  });
  return { ...Object.fromEntries(nulls.map((name) => [name, null])), ...args };
}
