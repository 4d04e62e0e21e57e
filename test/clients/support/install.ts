import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { installPackage, packPackage } from "../../support/install-package.ts";

const run = promisify(execFile);

const NPM_CI = ["ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
const MAX_INSTALL_MS = 300_000;

/** Installs what a folder's lock file names, unless exactly that is there already. No install script is run. */
export async function installLocked(folder: string): Promise<void> {
  const lock = createHash("sha256")
    .update(await readFile(path.join(folder, "package-lock.json")))
    .digest("hex");
  const stamp = path.join(folder, "node_modules", ".lock-sha256");
  if ((await readFile(stamp, "utf8").catch(() => "")) === lock) return;
  await run("npm", NPM_CI, { cwd: folder, timeout: MAX_INSTALL_MS });
  await writeFile(stamp, lock);
}

/**
 * Installs this checkout's own package, packed as it would be published, into an empty folder.
 * @returns the folder: `npx domain-pages-mcp` finds it from there, and reaches no registry
 */
export async function installPacked(): Promise<string> {
  const { app } = await installPackage((await packPackage()).tarball);
  await writeFile(path.join(app, ".npmrc"), "offline=true\nregistry=http://127.0.0.1:9/\n");
  return app;
}
