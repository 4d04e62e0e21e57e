import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { follow, hold } from "../support/conversation.mjs";

const manifest = createRequire(import.meta.url).resolve("@modelcontextprotocol/inspector/package.json");
const { bin } = createRequire(import.meta.url)(manifest);
const INSPECTOR = path.join(path.dirname(manifest), bin["mcp-inspector"]);

/** The Inspector leaves with 5 when the tool's answer is an error; that is an answer too. */
const TOOL_IS_ERROR = 5;

function inspect({ variant, server }, args) {
  const target = server.url ? ["--server-url", server.url, "--transport", "http"] : [server.command, ...server.args];
  const options = ["--cli", "--format", "json", "--protocol-era", variant, ...args];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [INSPECTOR, ...options, ...target], (error, stdout, stderr) => {
      if (error !== null && error.code !== TOOL_IS_ERROR) reject(new Error(`${args.join(" ")}: ${stderr || error}`));
      else resolve({ result: JSON.parse(stdout).result, stderr });
    });
  });
}

await hold(async (session) => {
  const { result, stderr } = await inspect(session, ["--strict", "--method", "tools/list"]);
  const call = async ({ name, arguments: args }) => {
    const given = ["--tool-name", name, "--tool-args-json", JSON.stringify(args)];
    return (await inspect(session, ["--method", "tools/call", ...given])).result;
  };
  const said = await follow(session, { tools: result.tools, call });
  return { said, note: `--strict: ${/^(\d+ errors?, \d+ warnings?) across/m.exec(stderr)?.[1] ?? "nothing found"}` };
});
