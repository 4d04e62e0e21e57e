import { readdir, readFile } from "node:fs/promises";
import { fence } from "./markdown.ts";

const CLIENTS = new URL("../../test/clients/", import.meta.url);

const EXAMPLE = /^readme-example\.(\w+)$/;

/** Languages that a file's name and a fenced block spell differently. */
const LANGUAGES: Readonly<Record<string, string>> = { mjs: "js", mts: "ts" };

/**
 * The file `test/clients/{client}/readme-example.*`, which `npm run test:clients` runs against the built server, as it
 * is. Where there is none, a sentence that says so.
 */
export async function frameworkExample(client: string): Promise<string> {
  const folder = new URL(`${client}/`, CLIENTS);
  const files = await readdir(folder).catch(() => []);
  const [file, extension = ""] = files.map((name) => EXAMPLE.exec(name)).find((found) => found !== null) ?? [];
  if (file === undefined) return "(No tested example yet.)";
  return fence(LANGUAGES[extension] ?? extension, await readFile(new URL(file, folder), "utf8"));
}
