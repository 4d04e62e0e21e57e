import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/packaging/package-facts.ts";
import { makeTempFolder } from "./temp-home.ts";

const run = promisify(execFile);

/** The package as npm makes it of what is built, and where it was installed by somebody who has nothing else. */
export interface InstalledPackage {
  tarball: string;
  /** Paths in the package, in order. */
  files: string[];
  /** The user's folder: empty before, but for a manifest that asks for nothing. */
  app: string;
  /** `app/node_modules/domain-pages-mcp` */
  folder: string;
  /** What npm said. */
  said: string;
}

/** An environment with nothing of the developer's in it: an empty home, an empty npm cache, and no registry. */
export function toUserEnv(home = makeTempFolder()): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    npm_config_cache: path.join(home, "npm-cache"),
    npm_config_offline: "true",
    npm_config_update_notifier: "false",
  };
}

/** Packs a folder as it is; `npm run test:package` has built ours. */
export async function packPackage(root = ROOT): Promise<Pick<InstalledPackage, "tarball" | "files">> {
  const folder = makeTempFolder();
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
    env: toUserEnv(),
  });
  const [packed] = Object.values(JSON.parse(stdout)) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error(`npm pack told nothing: ${stdout}`);
  return {
    tarball: path.join(folder, packed.filename),
    files: packed.files.map((file) => file.path).sort(),
  };
}

/** Installs a packed package into an empty folder, without the network. */
export async function installPackage(
  tarball: string,
  flags: readonly string[] = [],
): Promise<Omit<InstalledPackage, "files">> {
  const app = path.join(makeTempFolder(), "app");
  await mkdir(app);
  await writeFile(path.join(app, "package.json"), '{ "private": true, "type": "module" }\n');
  const args = ["install", "--foreground-scripts", "--no-audit", "--no-fund", ...flags, tarball];
  const { stdout, stderr } = await run("npm", args, { cwd: app, env: toUserEnv() });
  return { tarball, app, folder: path.join(app, "node_modules/domain-pages-mcp"), said: `${stdout}${stderr}` };
}

/** Every file under a folder, as a path from it, with its bytes. */
export async function readTree(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = await Promise.all(
    files.map(async (file) => [path.relative(folder, file), await readFile(file)] as const),
  );
  return new Map(read.sort(([a], [b]) => (a < b ? -1 : 1)));
}
