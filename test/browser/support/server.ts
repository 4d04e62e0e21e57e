import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { BUILT, runBuilt } from "../../support/built.ts";
import { makeTempFolder } from "../../support/temp-home.ts";

export type Json = Record<string, unknown>;

/** The built server behind a client that shows views, as a host has it. */
export interface ViewServer {
  /** The page, as the server's resource gives it. */
  page: string;
  client: Client;
  call(name: string, args: Json): Promise<Json>;
  read(uri: string): Promise<Json>;
  close(): Promise<void>;
}

const APPS = { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] } };
const VIEW_URI = "ui://domain-pages/view";

/** @param saved answers of the endpoint that the server knows from the start */
export async function openServer(env: Record<string, string> = {}, saved: readonly string[] = []): Promise<ViewServer> {
  const settings = { PATH: process.env["PATH"] ?? "", HOME: makeTempFolder(), ...env };
  for (const answer of saved) {
    const { code, stderr } = await runBuilt(["import", "-"], { env: settings, input: answer });
    if (code !== 0) throw new Error(`The answer was not imported: ${stderr}`);
  }
  const client = new Client({ name: "view-test-host", version: "0" }, { capabilities: { extensions: APPS } });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [BUILT], env: settings }));
  const { contents } = await client.readResource({ uri: VIEW_URI });
  const [page] = contents;
  if (page === undefined || !("text" in page)) throw new Error("The server gives no page.");
  return {
    page: page.text,
    client,
    call: async (name, args) => (await client.callTool({ name, arguments: args })) as Json,
    read: async (uri) => (await client.readResource({ uri })) as Json,
    close: () => client.close(),
  };
}
