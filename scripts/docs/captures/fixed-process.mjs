// Loaded before the built program, so that a capture is the same on every day and machine: the time stands still, the
// Node version is the one the project is made for, the disk has as much room as ever, and standard output counts as a
// terminal of a fixed width.
import { promises as fs } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const now = Number(process.env["CAPTURE_NOW"]);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now] : args));
  }
  static now() {
    return now;
  }
};
const realStatfs = fs.statfs;
fs.statfs = async (...args) => ({ ...(await realStatfs(...args)), bsize: 4096, bavail: 2 ** 24, bfree: 2 ** 24 });
syncBuiltinESMExports();
Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } });
Object.defineProperty(process, "version", { value: "v20.19.0" });
process.stdout.isTTY = true;
process.stdout.columns = Number(process.env["CAPTURE_COLUMNS"]);
