import { completable, type McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { ReadSnapshots } from "../../pages/snapshot/snapshot.ts";
import { ANALYST_PROMPTS } from "./analyst-prompts.ts";

/** How many targets a completion offers. */
const MAX_OFFERED = 20;

/** Registers the prompts for analysts. Domains are completed from what is kept, and checked before they become words. */
export function registerPrompts(server: McpServer, snapshots: ReadSnapshots): void {
  const offer = async (typed: string | undefined) => {
    const targets = (await snapshots.list()).map(({ request }) => request.target);
    return [...new Set(targets)].filter((target) => target.startsWith(typed ?? "")).slice(0, MAX_OFFERED);
  };
  for (const { name, title, description, domains, text } of ANALYST_PROMPTS) {
    const fields = Object.entries(domains).map(([domain, says]) => [
      domain,
      completable(z.string().describe(says), offer),
    ]);
    const argsSchema = z.object(Object.fromEntries(fields) as Record<string, z.ZodString>);
    server.registerPrompt(name, { title, description, argsSchema }, async (given) => ({
      description,
      messages: [{ role: "user", content: { type: "text", text: text(await toDomains(given)) } }],
    }));
  }
}

/** @throws {ProtocolError} invalid params, naming the argument, the rule and a value that works */
async function toDomains(given: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  // Loaded when a prompt is asked for: the list of public suffixes would slow every start.
  const { parseTarget } = await import("../../pages/request/target.ts");
  const toDomain = (name: string, written: string): string => {
    try {
      return parseTarget(written).target;
    } catch (error) {
      const words = error instanceof Error ? error.message.replace(/^target:/, `${name}:`) : "";
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, words);
    }
  };
  return Object.fromEntries(Object.entries(given).map(([name, written]) => [name, toDomain(name, written)]));
}
