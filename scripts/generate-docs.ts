// Writes the generated parts of README.md: `npm run docs`; `npm run docs -- --check` fails when they are not up to date.
import { readFile, writeFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { EXIT_CODES } from "../src/cli/exit-codes.ts";
import { run } from "../src/cli/run.ts";
import { ALL_SETTINGS, HttpConfigSchema } from "../src/config/http-settings.ts";
import { workedSession } from "./worked-session.ts";

const README = new URL("../README.md", import.meta.url);

/** How values are typed that are something else inside. */
const SPELT: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [null, "off"],
  [true, "on"],
  [false, "off"],
]);

function settingsTable(): string {
  const defaults: Record<string, unknown> = HttpConfigSchema.parse({});
  const rows = ALL_SETTINGS.map(({ key, facts, flag }) => {
    const names = facts.env.map((name) => `\`${name}\``).join(", ");
    const value = defaults[key];
    const shown = value === undefined || String(value) === "" ? "–" : `\`${SPELT.get(value) ?? value}\``;
    return `| ${names} | ${flag === undefined ? "–" : `\`--${flag}\``} | ${shown} | ${facts.says} |`;
  });
  return ["| Variable | Flag | Default | What it does |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function exitCodes(): string {
  const rows = Object.values(EXIT_CODES).map(({ code, says }) => `| ${code} | ${says} |`);
  return ["| Exit code | Meaning |", "| --- | --- |", ...rows].join("\n");
}

/** A real answer of the sandbox, at a fixed time. */
async function sampleAnswer(): Promise<string> {
  const stdout = new PassThrough();
  await run({
    argv: ["get", "acme.example", "--limit", "12"],
    env: { DOMAIN_PAGES_STORE: "memory" },
    stdin: new PassThrough(),
    stdout,
    stderr: new PassThrough(),
    stopped: new AbortController().signal,
    now: () => Date.UTC(2026, 10, 24, 9, 30),
    nodeVersion: "",
  });
  stdout.end();
  return `\`\`\`text\n${(await text(stdout)).trimEnd()}\n\`\`\``;
}

function replacePart(readme: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = readme.indexOf(start);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md has no part "${name}"`);
  return `${readme.slice(0, from + start.length)}\n${content}\n${readme.slice(to)}`;
}

const before = await readFile(README, "utf8");
let after = replacePart(before, "settings", settingsTable());
after = replacePart(after, "exit-codes", exitCodes());
after = replacePart(after, "answer", await sampleAnswer());
after = replacePart(after, "session", await workedSession());
if (process.argv.includes("--check")) {
  if (after !== before) {
    console.error("README.md is not up to date: run `npm run docs` and commit the result");
    process.exitCode = 1;
  }
} else await writeFile(README, after);
