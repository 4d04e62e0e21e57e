import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What package.json says once and every other description of the package repeats. */
export interface PackageFacts {
  name: string;
  version: string;
  mcpName: string;
  description: string;
  license: string;
  author: { name: string; url: string };
  keywords: string[];
  engines: { node: string };
  homepage: string;
  bugs: string;
  /** Where the source can be browsed, without `git+` and `.git`. */
  repositoryUrl: string;
  /** A file of the main branch, as a person reads it. */
  pageUrl(file: string): string;
}

export async function readPackageFacts(root = ROOT): Promise<PackageFacts> {
  const told = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const repositoryUrl = String(told.repository.url).replace(/^git\+|\.git$/g, "");
  return { ...told, repositoryUrl, pageUrl: (file) => `${repositoryUrl}/blob/main/${file}` };
}
