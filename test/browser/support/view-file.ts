import { strict as assert } from "node:assert";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { runBuilt } from "../../support/built.ts";
import { makeTempFolder } from "../../support/temp-home.ts";

/**
 * Writes a page as `domain-pages-mcp view` does.
 * @param fill what the command line does first, so that there is something to show
 * @returns its file:// address
 */
export async function writeViewFile(fill: { args: string[]; input?: string }[], operands: string[]): Promise<string> {
  const home = makeTempFolder();
  const file = path.join(home, "view.html");
  for (const { args, input = "" } of [...fill, { args: ["view", ...operands, "--out", file] }]) {
    const { code, stderr } = await runBuilt(args, { env: { HOME: home }, input });
    assert.equal(code, 0, stderr);
  }
  return pathToFileURL(file).href;
}
