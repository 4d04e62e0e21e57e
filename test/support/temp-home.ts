import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Names the folder that a test run makes for all its temporary ones (`temp-root.ts`). */
export const TEMP_ROOT = "DOMAIN_PAGES_TEST_TEMP";

const made: string[] = [];

/** A folder of its own, empty, gone when the run ends: no test writes into the home of whoever runs it. */
export function makeTempFolder(): string {
  const root = process.env[TEMP_ROOT];
  if (root !== undefined) return mkdtempSync(path.join(root, "home-"));
  // Outside a test run, a program of its own.
  if (made.length === 0) {
    process.once("exit", () => {
      for (const folder of made) rmSync(folder, { recursive: true, force: true });
    });
  }
  const folder = mkdtempSync(path.join(tmpdir(), "domain-pages-"));
  made.push(folder);
  return folder;
}
