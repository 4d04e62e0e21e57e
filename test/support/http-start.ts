import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { type Finished, runBuilt, start } from "./built.ts";
import type { ToolAnswer } from "./clients.ts";
import { type RawAnswer, type RawOptions, sendRaw } from "./http-clients.ts";
import { makeTempFolder } from "./temp-home.ts";

/** One line of the service's log. */
export interface LogLine {
  level: string;
  event: string;
  [field: string]: unknown;
}

/** The built service, listening. */
export interface HttpProcess {
  /** Of the endpoint. */
  url: URL;
  child: ChildProcessWithoutNullStreams;
  /** What it was started with; commands that share its folders take the same. */
  env: Record<string, string>;
  stdout(): string;
  stderr(): string;
  log(): LogLine[];
  /** Runs a command of the same file with the same settings. */
  run(...args: string[]): Promise<Finished>;
  /** `GET` of a path beside the endpoint. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Ends with the process, whoever ends it. */
  ended: Promise<Finished>;
  /** Ends it as a platform does, and waits for it. */
  stop(): Promise<Finished>;
}

/** Starts the service on a free port, with a home of its own unless the environment names one. */
export async function startHttp(env: Record<string, string> = {}, args: string[] = []): Promise<HttpProcess> {
  const settings = { HOME: makeTempFolder(), DOMAIN_PAGES_HTTP_DRAIN_SECONDS: "0", ...env };
  const child = start(["http", "--port", "0", ...args], settings);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  await Promise.race([once(child.stdout, "data"), ended]);
  const url = /^listening on (\S+)\n$/.exec(stdout)?.[1];
  if (url === undefined) throw new Error(`it does not listen\n${stdout}\n${stderr}`);
  return {
    url: new URL(url),
    child,
    env: settings,
    stdout: () => stdout,
    stderr: () => stderr,
    log: () => parseLog(stderr),
    run: (...command) => runBuilt(command, { env: settings }),
    get: (path, headers = {}) => fetch(new URL(path, url), { headers }),
    ended,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** @param text lines of JSON; a last one that is not complete is left out */
export function parseLog(text: string): LogLine[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LogLine);
}

/** Makes a token in the file that the service follows, or will. */
export async function createToken(home: Pick<HttpProcess, "env">, name: string, ...options: string[]): Promise<string> {
  const { code, stdout, stderr } = await runBuilt(["token", "create", name, ...options], { env: home.env });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "raw", version: "0" },
};

/** The body and the headers of one request of the modern era. */
export function toModern(method: string, params: Record<string, unknown> = {}) {
  const name = params["name"] ?? params["uri"];
  return {
    body: { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: META } },
    headers: {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      // Beyond visible ASCII it has to be encoded; nothing in these tests needs more than to be the same.
      ...(typeof name === "string" && { "mcp-name": toHeaderValue(name) }),
    },
  };
}

const toHeaderValue = (text: string): string =>
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text)
    ? text
    : `=?base64?${Buffer.from(text, "utf8").toString("base64")}?=`;

/** One request of the modern era by hand, its answer read to the end. */
export function ask(
  url: URL,
  method: string,
  params: Record<string, unknown> = {},
  { token, headers, signal }: Pick<RawOptions, "token" | "headers" | "signal"> = {},
): Promise<RawAnswer> {
  const modern = toModern(method, params);
  return sendRaw(url, modern.body, {
    headers: { ...modern.headers, ...headers },
    ...(token !== undefined && { token }),
    ...(signal !== undefined && { signal }),
  });
}

/** A tool's answer, asked by hand. */
export interface Told {
  status: number;
  text: string;
  data: Record<string, unknown> | undefined;
  isError: boolean;
  headers: Headers;
}

/** One tool call of the modern era by hand. */
export async function callTool(
  url: URL,
  name: string,
  args: Record<string, unknown>,
  options: Pick<RawOptions, "token" | "headers" | "signal"> = {},
): Promise<Told> {
  const { status, headers, messages } = await ask(url, "tools/call", { name, arguments: args }, options);
  const last = messages.at(-1);
  const result = (last?.result ?? {}) as unknown as Partial<ToolAnswer>;
  return {
    status,
    headers,
    text: result.content?.[0]?.text ?? last?.error?.message ?? "",
    data: result.structuredContent,
    isError: result.isError === true || last?.error !== undefined,
  };
}
