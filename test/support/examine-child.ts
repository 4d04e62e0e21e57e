import { examineFolder } from "../../src/store/examine-folder.ts";

// A process without rights of its own that looks at a folder: `folder room…`.

const [folder = "", ...rooms] = process.argv.slice(2);
// All modules are loaded by now, which an unprivileged process may not be able to do where the checkout is root's.
if (process.getuid?.() === 0) {
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}
process.stdout.write(`${JSON.stringify(await examineFolder(folder, rooms))}\n`);
