import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { TEMP_ROOT } from "./temp-home.ts";

/**
 * Makes the folder that all temporary ones of a run lie in, and takes it away when the run is over: workers are ended
 * before they could clean up themselves.
 */
export function setup(): (() => void) | undefined {
  if (process.env[TEMP_ROOT] !== undefined) return undefined;
  const root = mkdtempSync(path.join(tmpdir(), "domain-pages-run-"));
  // Some tests look at their folders as another user.
  chmodSync(root, 0o755);
  process.env[TEMP_ROOT] = root;
  return () => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}
