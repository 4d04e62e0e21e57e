import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const made: string[] = [];

/** A folder of its own, empty, gone when the test process ends: no test writes into the home of whoever runs it. */
export function makeTempFolder(): string {
  if (made.length === 0) {
    process.once("exit", () => {
      for (const folder of made) rmSync(folder, { recursive: true, force: true });
    });
  }
  const folder = mkdtempSync(path.join(tmpdir(), "domain-pages-"));
  made.push(folder);
  return folder;
}
