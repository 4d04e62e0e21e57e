import { spawn } from "node:child_process";
import { once } from "node:events";
import { createLog } from "../../../src/log.ts";
import { describeDefect } from "../../../src/mcp/tool-result.ts";
import { fence } from "../markdown.ts";
import { DOCUMENTS_NOW } from "../run-command.ts";

/** What a host built on Node reports that does not find the command of a configuration. */
export async function commandNotFound(): Promise<string> {
  const child = spawn("npx", ["-y", "domain-pages-mcp"], { env: { PATH: "" } });
  const [error] = (await once(child, "error")) as [Error];
  return fence("text", error.message);
}

/** A mistake of the server's own, which nothing on this page brings about on purpose. */
export function ownMistake(): string {
  const log = createLog({ level: "silent", write: () => {}, secrets: [], now: () => DOCUMENTS_NOW });
  const text = describeDefect(new Error("none"), log, "call.defect", "");
  return fence("text", text.replace(/reference \w+/, "reference …"));
}
