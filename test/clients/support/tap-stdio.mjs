// @ts-check
// `node tap-stdio.mjs <log> <home> <main.js>`: the built server over stdio, with each line that passes noted down. Clients
// start it in place of the server, so that what a model was shown can be compared with what the server really sent.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [log = "", home = "", main = ""] = process.argv.slice(2);
const server = spawn(process.execPath, [main], {
  env: { PATH: process.env["PATH"] ?? "", HOME: home },
  stdio: ["pipe", "pipe", "inherit"],
});

/** @param {NodeJS.ReadableStream} from @param {NodeJS.WritableStream} to @param {"client" | "server"} who */
function pass(from, to, who) {
  const lines = createInterface({ input: from });
  lines.on("line", (line) => {
    appendFileSync(log, `${JSON.stringify({ from: who, message: JSON.parse(line) })}\n`);
    to.write(`${line}\n`);
  });
  return lines;
}

pass(process.stdin, server.stdin, "client").on("close", () => server.stdin.end());
pass(server.stdout, process.stdout, "server");
server.on("exit", (code) => process.exit(code ?? 1));
for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT", "SIGHUP"])) {
  process.on(signal, () => server.kill(signal));
}
