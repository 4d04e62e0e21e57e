import { Command } from "commander";
import { listBlocks } from "./markdown.ts";

/** How a client would start the server. */
export interface StartCommand {
  command: string;
  args: string[];
  env: Record<string, string>;
}

interface Entry {
  command: string;
  args?: string[];
  env?: Record<string, string>;
}

/** The block below `<!-- config: name -->`, as a reader copies it. */
export function readConfigBlock(document: string, name: string): string {
  const block = listBlocks(document).find(({ lead }) => lead.trimEnd().endsWith(`<!-- config: ${name} -->`));
  if (block === undefined) throw new Error(`there is no block for ${name}`);
  return block.text;
}

/** Claude Desktop, Cursor and most others. */
export function parseMcpServers(text: string): StartCommand {
  const { mcpServers } = JSON.parse(text) as { mcpServers: Record<string, Entry> };
  return toOnlyEntry(mcpServers);
}

/**
 * VS Code: a person answers what `inputs` ask for.
 * @throws for a name in `${input:…}` that no input has
 */
export function parseVsCode(text: string, answers: Readonly<Record<string, string>>): StartCommand {
  const { servers, inputs } = JSON.parse(text) as {
    servers: Record<string, Entry & { type: string }>;
    inputs: { type: string; id: string; password?: boolean }[];
  };
  const { env, ...start } = toOnlyEntry(servers);
  const fill = (value: string) =>
    value.replace(/\$\{input:([^}]+)\}/g, (_match, id: string) => {
      const input = inputs.find((each) => each.id === id && each.type === "promptString" && each.password === true);
      const answer = answers[id];
      if (input === undefined || answer === undefined) throw new Error(`nobody is asked for ${id}`);
      return answer;
    });
  return { ...start, env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])) };
}

/** `claude mcp add`, with the options as its own help declares them: `--env` takes words until the next option. */
export function parseClaudeMcpAdd(line: string): StartCommand & { name: string; transport: string } {
  const [program, group, verb, ...words] = line.trim().split(/\s+/);
  if (program !== "claude" || group !== "mcp" || verb !== "add") throw new Error(`not a claude mcp add: ${line}`);
  const add = new Command("add")
    .argument("<name>")
    .argument("<commandOrUrl>")
    .argument("[args...]")
    .option("-e, --env <env...>")
    .option("-H, --header <header...>")
    .option("-s, --scope <scope>", "", "local")
    .option("-t, --transport <transport>", "", "stdio")
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  add.parse(words, { from: "user" });
  const [name = "", command = ""] = add.args;
  const { env = [], transport } = add.opts<{ env?: string[]; transport: string }>();
  const pairs = env.map((pair): [string, string] => {
    const [key = "", ...value] = pair.split("=");
    if (value.length === 0) throw new Error(`Invalid environment variable format: ${pair}`);
    return [key, value.join("=")];
  });
  return { name, transport, command, args: add.args.slice(2), env: Object.fromEntries(pairs) };
}

function toOnlyEntry(entries: Readonly<Record<string, Entry>>): StartCommand {
  const [entry, ...more] = Object.values(entries);
  if (entry === undefined || more.length > 0) throw new Error("there is not exactly one server");
  return { command: entry.command, args: entry.args ?? [], env: entry.env ?? {} };
}
