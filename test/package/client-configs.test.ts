import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { beforeAll, describe, expect, it } from "vitest";
import { serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { BUILT } from "../support/built.ts";
import {
  parseClaudeMcpAdd,
  parseMcpServers,
  parseVsCode,
  readConfigBlock,
  type StartCommand,
} from "../support/client-configs.ts";
import { installPackage, packPackage } from "../support/install-package.ts";
import { listBlocks, readDocument } from "../support/markdown.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const README = readDocument("README.md");
const CLIENTS = readDocument("docs/clients.md");
const INSTALL = readDocument("llms-install.md");

/** What stands in the documents where a person writes their key. */
const PLACEHOLDER = "sk-aisa-…";
const KEY = "sk-aisa-0123456789abcdef";

const withKey = ({ env, ...start }: StartCommand): StartCommand => ({
  ...start,
  env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value === PLACEHOLDER ? KEY : value])),
});

/** A block for a checkout, with the path of this one. */
const fromHere = ({ args, ...start }: StartCommand): StartCommand => ({
  ...start,
  args: args.map((arg) => arg.replace("/path/to/domain-pages-mcp/dist/main.js", BUILT)),
});

const WITH_KEY: readonly (readonly [string, StartCommand])[] = [
  ["Claude Desktop and Cursor", parseMcpServers(readConfigBlock(README, "mcpServers"))],
  ["VS Code", parseVsCode(readConfigBlock(CLIENTS, "vscode"), { "aisa-api-key": PLACEHOLDER })],
  ["Claude Code", parseClaudeMcpAdd(readConfigBlock(README, "claude-code"))],
  ["Claude Desktop and Cursor, from a checkout", fromHere(parseMcpServers(readConfigBlock(CLIENTS, "checkout")))],
  ["Claude Code, from a checkout", fromHere(parseClaudeMcpAdd(readConfigBlock(CLIENTS, "claude-code-checkout")))],
];

const AGENTS_ENTRY = parseMcpServers(listBlocks(INSTALL)[0]?.text ?? "");

const WITHOUT_KEY: readonly (readonly [string, StartCommand])[] = [
  ["the entry that agents write", AGENTS_ENTRY],
  ["VS Code, when no key is typed", parseVsCode(readConfigBlock(CLIENTS, "vscode"), { "aisa-api-key": "" })],
];

describe("the configuration in the documents", () => {
  /** Here `npx domain-pages-mcp` is this checkout's package, and nothing is asked of a registry. */
  let app: string;

  beforeAll(async () => {
    app = (await installPackage((await packPackage()).tarball)).app;
  });

  /** As a client does it: the command as it is written, in the environment that the host has plus what the entry says. */
  const callFirst = async ({ command, args, env }: StartCommand, more: Record<string, string> = {}) => {
    const client = new Client({ name: "config-test", version: "0" });
    const host = { PATH: process.env["PATH"] ?? "", HOME: makeTempFolder(), npm_config_offline: "true" };
    await client.connect(
      new StdioClientTransport({
        command,
        args,
        env: { ...host, ...env, ...more },
        cwd: app,
        stderr: "ignore",
      }),
    );
    try {
      const { tools } = await client.listTools();
      const { content, isError } = await client.callTool({
        name: "get_domain_pages",
        arguments: { target: "acme.example", limit: 3 },
      });
      const [first] = content;
      return { tools: tools.map(({ name }) => name), isError, text: first?.type === "text" ? first.text : "" };
    } finally {
      await client.close();
    }
  };

  it.each(WITH_KEY)("for %s starts the server with the key", async (_client, start) => {
    const gateway = await serveSandbox({ world: createWorld(), port: 0, apiKey: KEY });
    const { tools, isError, text } = await callFirst(withKey(start), { AISA_BASE_URL: `${gateway.origin}/apis/v1` });
    await gateway.close();
    expect(tools).toHaveLength(4);
    expect(isError).toBeFalsy();
    expect(text).toMatch(/^acme\.example: 3 of 93 URLs fetched/);
  });

  it.each(WITHOUT_KEY)("is in the sandbox without one: %s", async (_client, start) => {
    const { tools, isError, text } = await callFirst(start);
    expect(tools).toHaveLength(4);
    expect(isError).toBeFalsy();
    expect(text).toMatch(/^SANDBOX: /);
  });

  it("is the same in both forms that agents use", () => {
    const line = /`(claude mcp add --transport[^`]+)`/.exec(INSTALL)?.[1] ?? "";
    expect(parseClaudeMcpAdd(line)).toMatchObject({ ...AGENTS_ENTRY });
  });

  it("has names of settings that there are", () => {
    for (const [, { env }] of WITH_KEY) expect(Object.keys(env)).toEqual(["AISA_API_KEY"]);
  });
});

describe("claude mcp add", () => {
  it("takes the server's name for a variable when it follows --env at once", () => {
    expect(() =>
      parseClaudeMcpAdd("claude mcp add --env AISA_API_KEY=x domain-pages -- npx -y domain-pages-mcp"),
    ).toThrow("Invalid environment variable format: domain-pages");
  });

  it("gets the whole command after the dashes", () => {
    expect(parseClaudeMcpAdd(readConfigBlock(README, "claude-code"))).toEqual({
      name: "domain-pages",
      transport: "stdio",
      command: "npx",
      args: ["-y", "domain-pages-mcp"],
      env: { AISA_API_KEY: PLACEHOLDER },
    });
  });
});
