import { fence } from "./markdown.ts";
import { runCommand } from "./run-command.ts";

/** A real answer of the sandbox, at a fixed time. */
export async function sampleAnswer(): Promise<string> {
  const { stdout } = await runCommand(["get", "acme.example", "--limit", "12"]);
  return fence("text", stdout);
}
