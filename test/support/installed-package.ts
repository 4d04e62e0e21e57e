import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./markdown.ts";

const run = promisify(execFile);

export interface InstalledPackage {
  /** A folder in which `npx domain-pages-mcp` is this checkout's package and nothing is asked of a registry. */
  folder: string;
  remove(): Promise<void>;
}

/** Packs the checkout as it is built and installs the packed file into an empty folder, offline. */
export async function installPackage(): Promise<InstalledPackage> {
  const folder = await mkdtemp(path.join(tmpdir(), "installed-"));
  // The folder's own cache: one that other runs share could hold another build under the same name.
  const options = { cwd: folder, env: { ...process.env, npm_config_cache: path.join(folder, "cache") } };
  await writeFile(path.join(folder, "package.json"), '{ "private": true }\n');
  await run("npm", ["pack", ROOT, "--ignore-scripts", "--silent"], options);
  const packed = (await readdir(folder)).find((file) => file.endsWith(".tgz"));
  if (packed === undefined) throw new Error("npm pack wrote no file");
  await run("npm", ["install", `./${packed}`, "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], options);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
