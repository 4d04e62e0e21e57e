import type { App } from "../compose.ts";
import { readJsonString } from "../pages/request/json-string.ts";
import type { ParsedArgs } from "./args.ts";
import { usage } from "./args.ts";
import type { Io } from "./io.ts";
import { printAnswer } from "./print-answer.ts";
import { showProgress } from "./progress-line.ts";

/** `get <target>`: the paid tool on the command line. */
export async function runGet({ operands, options }: ParsedArgs, app: App, io: Io): Promise<void> {
  const body = readBody(options.body);
  const [target] = operands;
  if (target === undefined && body["target"] === undefined) throw usage("get needs a target, such as: get forbes.com");
  const input = {
    ...body,
    ...(target !== undefined && { target }),
    ...(options.limit !== undefined && { limit: options.limit }),
  };
  const stop = showProgress(io, `asking ${app.source === "aisa" ? "the gateway" : "the sandbox"}`);
  try {
    printAnswer(await app.getPages(input, io.stopped, "cli"), options.json === true, io);
  } finally {
    stop();
  }
}

function readBody(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  const value = readJsonString(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw usage(`--body takes a JSON object, such as --body '{"filters":["status_code",">=",400]}'`);
}
