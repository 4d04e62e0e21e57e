// Loaded before the built program, so that a capture is the same on every day and machine: the time stands still, the
// Node version is the one the project is made for, and standard output counts as a terminal of a fixed width.
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
Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } });
Object.defineProperty(process, "version", { value: "v20.19.0" });
process.stdout.isTTY = true;
process.stdout.columns = Number(process.env["CAPTURE_COLUMNS"]);
