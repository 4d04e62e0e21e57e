import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { median, spread } from "./stats.ts";

// `npm run bench:npx`: what a user waits for who has only `npx …` in a client's settings, ours beside the data
// provider's own server. It needs npm's registry, and Node 22 for that other server: npx -y -p node@24 -c 'npm run …'.
//
// Three situations, each until `initialize` is answered:
//   cold        npm's cache is empty. Theirs comes from the registry; ours, the packed tarball, from a registry on
//               this machine: the network is in their figure only, so the bytes are told beside it.
//   downloaded  the cache is full and nothing is installed: no network for either, unpacking and starting alone.
//   installed   the second start, and every one after it.

const ROUNDS = 3;
/** How whoever runs this reaches the registry; what npm told this process of its own task is left out. */
const NETWORK = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  npm_config_userconfig: execFileSync("npm", ["config", "get", "userconfig"]).toString().trim(),
};
const OURS = "domain-pages-mcp";
const VENDOR = "dataforseo-mcp-server";
const SITUATIONS = ["cold", "downloaded", "installed"] as const;
type Situation = (typeof SITUATIONS)[number];

const INITIALIZE = `${JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "bench", version: "0" } },
})}\n`;

interface Measured {
  ms: Record<Situation, number>;
  /** What npm's cache holds after a cold start, bytes: all that was fetched. */
  fetched: number;
  /** Of the installed files, bytes. */
  installed: number;
  packages: number;
}

async function main(): Promise<void> {
  if (Number(process.versions.node.split(".")[0]) < 22) {
    console.error(`${VENDOR} needs Node 22: npx -y -p node@24 -c 'npm run bench:npx'`);
    process.exitCode = 1;
    return;
  }
  const folder = await mkdtemp(path.join(tmpdir(), "bench-npx-"));
  try {
    const registry = await serveOurs(folder);
    const ours: Measured[] = [];
    const theirs: Measured[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(await measure(VENDOR, {}, path.join(folder, `theirs-${round}`)));
      ours.push(await measure(OURS, { npm_config_registry: registry.origin }, path.join(folder, `ours-${round}`)));
    }
    registry.close();
    report(ours, theirs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function report(ours: readonly Measured[], theirs: readonly Measured[]): void {
  console.log(`## npx, node ${process.versions.node}, ${ROUNDS} rounds`);
  for (const situation of SITUATIONS) {
    const [mine, other] = [ours, theirs].map((all) => all.map(({ ms }) => ms[situation] / 1000)) as [
      number[],
      number[],
    ];
    const ratio = median(other.map((each, round) => each / (mine[round] ?? Number.NaN)));
    console.log(
      `${situation}, s to initialize: ours ${spread(mine, 2)}, ${VENDOR} ${spread(other, 2)}; they take ${ratio.toFixed(1)} x`,
    );
  }
  const tell = (name: string, [first]: readonly Measured[]) => {
    if (first === undefined) return;
    const [fetched, installed] = [first.fetched, first.installed].map((bytes) => (bytes / 1e6).toFixed(2));
    console.log(`${name}: ${fetched} MB fetched, ${installed} MB installed, ${first.packages} packages`);
  };
  tell(OURS, ours);
  tell(VENDOR, theirs);
}

/** A registry that holds one package: ours, packed as it is built. */
async function serveOurs(folder: string): Promise<{ origin: string; close(): void }> {
  const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder]);
  const [told] = Object.values(JSON.parse(String(packed))) as { filename: string; integrity: string }[];
  if (told === undefined) throw new Error("npm pack told nothing");
  const tarball = await readFile(path.join(folder, told.filename));
  const manifest = JSON.parse(await readFile("package.json", "utf8"));
  const server = createServer(({ url, headers }, response) => {
    if (url !== `/${OURS}`) return void response.end(tarball);
    const dist = { tarball: `http://${headers.host}/${told.filename}`, integrity: told.integrity };
    const { version } = manifest;
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({ name: OURS, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } }),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

/** One package from an empty home on, in all three situations. */
async function measure(name: string, settings: Record<string, string>, home: string): Promise<Measured> {
  const cache = path.join(home, "cache");
  const cold = await timeNpx(name, [], home, settings);
  const fetched = await sizeOf(path.join(cache, "_cacache/content-v2"));
  const folder = await findInstalled(cache);
  // What is installed here; the lock file beside it names other platforms' packages too.
  const tree = JSON.parse(await readFile(path.join(folder, "node_modules/.package-lock.json"), "utf8"));
  const figures = {
    fetched,
    installed: await sizeOf(path.join(folder, "node_modules")),
    packages: Object.keys(tree.packages).length,
  };
  await rm(path.join(cache, "_npx"), { recursive: true });
  const downloaded = await timeNpx(name, ["--offline"], home, settings);
  const installed = await timeNpx(name, ["--offline"], home, settings);
  await rm(home, { recursive: true });
  return { ...figures, ms: { cold, downloaded, installed } };
}

/** Where npx put what it installed: a folder of its own per package. */
async function findInstalled(cache: string): Promise<string> {
  const [only] = await readdir(path.join(cache, "_npx"));
  if (only === undefined) throw new Error("npx installed nothing");
  return path.join(cache, "_npx", only);
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Spawn → `initialize` answered, ms. */
async function timeNpx(
  name: string,
  flags: readonly string[],
  home: string,
  settings: Record<string, string>,
): Promise<number> {
  const startedAt = performance.now();
  const child = spawn("npx", ["--yes", ...flags, name], {
    // In a group of its own, so that npx and what it started end together.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    cwd: tmpdir(),
    env: {
      ...NETWORK,
      ...settings,
      HOME: home,
      npm_config_cache: path.join(home, "cache"),
      npm_config_update_notifier: "false",
      // The other server asks for an account before it answers; no call is made with it.
      DATAFORSEO_USERNAME: "bench",
      DATAFORSEO_PASSWORD: "bench",
    },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.write(INITIALIZE);
  const closed = once(child, "close");
  const answered = await Promise.race([untilAnswered(child), closed.then(() => false)]);
  const ms = performance.now() - startedAt;
  if (!answered) throw new Error(`npx ${name} ended before it answered:\n${stderr}`);
  if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await closed;
  return ms;
}

async function untilAnswered({ stdout }: ChildProcessByStdio<Writable, Readable, Readable>): Promise<boolean> {
  for await (const line of createInterface({ input: stdout })) {
    if (line.startsWith("{") && "result" in JSON.parse(line)) return true;
  }
  return false;
}

await main();
