import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const ENTRY = "library/pages.d.ts";

/**
 * Writes the declarations of the library: its entry's and those that it names, and no other of the product's.
 * @throws {Error} when one of them needs a package, which the user of a package without dependencies does not have
 */
export async function writeTypes(root, outdir) {
  const emitted = await mkdtemp(path.join(tmpdir(), "types-"));
  try {
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const args = [tsc, "-p", path.join(root, "tsconfig.types.json"), "--outDir", emitted];
    await promisify(execFile)(process.execPath, args).catch(({ stdout }) => {
      throw new Error(`The declarations cannot be made:\n${stdout}`);
    });
    for (const file of await listNeeded(emitted)) {
      await cp(path.join(emitted, file), path.join(outdir, file), { recursive: true });
    }
  } finally {
    await rm(emitted, { recursive: true, force: true });
  }
}

async function listNeeded(folder) {
  const needed = new Set();
  const waiting = [ENTRY];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (needed.has(file)) continue;
    needed.add(file);
    const text = await readFile(path.join(folder, file), "utf8");
    for (const [, name] of text.matchAll(/\b(?:from|import\() ?"([^"]+)"/g)) {
      if (!name.startsWith(".")) throw new Error(`${file} needs the package "${name}"`);
      waiting.push(path.posix.join(path.posix.dirname(file), name.replace(/\.ts$/, ".d.ts")));
    }
  }
  return needed;
}
