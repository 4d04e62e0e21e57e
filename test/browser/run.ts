// The interactive view in a real browser: `npm run test:view [-- part of a name]`. The browser and what drives it are a
// workspace of their own, installed from its lock file; the view is fed by the built server through a real client.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installLocked } from "../clients/support/install.ts";
import { createChecks } from "./support/checks.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

const print = (line: string): void => console.log(line);

await installLocked(HERE);
const checks = createChecks(print, process.argv[2]);
await checks.check("the tests' own types hold", async () => {
  await promisify(execFile)(process.execPath, [TSC, "-p", HERE]).catch(({ stdout }) => {
    throw new Error(stdout);
  });
  return undefined;
});
// Loaded only now: what they import has just been installed.
const { runCases } = await import("./cases/all.ts");
await runCases(checks, print);
print(`\n${checks.passed} passed, ${checks.failed} failed`);
if (checks.failed > 0) process.exitCode = 1;
