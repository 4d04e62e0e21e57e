import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { makeTempFolder } from "../support/temp-home.ts";

/** `script` of util-linux runs a command in a terminal of its own. */
const HAS_TERMINAL = spawnSync("script", ["--version"]).stdout?.toString().includes("util-linux") === true;
if (!HAS_TERMINAL) process.stderr.write("Widths at a terminal are not tried: no `script` of util-linux.\n");

const home = makeTempFolder();
const env = { PATH: process.env["PATH"], HOME: home, DOMAIN_PAGES_SOURCE: "sandbox", DOMAIN_PAGES_CACHE_DIR: home };

const CLEAR_LINE = "\r\u001b[K";

/** What a person sees who types the command into a terminal of this width, once the count of seconds is gone. */
function typeAt(width: number, args: string, more = ""): string {
  const command = `stty cols ${width} rows 40; '${process.execPath}' dist/main.js ${args} ${more}`;
  const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], { env, input: "", encoding: "utf8" });
  return stdout
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.split(CLEAR_LINE).at(-1))
    .join("\n");
}

const COMMANDS = [
  "get acme.example --limit 40",
  "get example.com",
  "estimate acme.example --limit 1000",
  "query acme.example",
  `query acme.example --body '{"group_by":"section"}'`,
  "compare acme.example example.com",
  "spend",
  "--help",
  // What these say stands on stderr.
  `get acme.example --body '{"limt":5,"filtres":["http","=",404]}'`,
  "query nowhere.example",
  "export acme.example --format nothing",
];

describe.skipIf(!HAS_TERMINAL)("at a terminal", () => {
  it.each([80, 120].flatMap((width) => COMMANDS.map((command) => [width, command] as const)))(
    "of %d columns every line of %s fits",
    (width, command) => {
      const text = typeAt(width, command);
      expect(text.length).toBeGreaterThan(100);
      // A single word, such as an argument to copy, stays whole however long it is.
      expect(text.split("\n").filter((line) => line.length > width && /\S\s+\S/.test(line.trim()))).toEqual([]);
    },
  );

  it.each(["get acme.example --limit 40", "query acme.example", "compare acme.example example.com"])(
    "%s prints tables, and CSV when asked for or piped",
    (command) => {
      const csv = /^(?:id,url|figure,)/m;
      expect(typeAt(80, command)).not.toMatch(csv);
      expect(typeAt(80, command, "--csv")).toMatch(csv);
      expect(typeAt(80, command, "| cat")).toMatch(csv);
    },
  );

  it("the bare command says what it waits for", () => {
    const text = typeAt(80, "").replace(/\n {2}/g, " ");
    expect(text).toContain("waits for a client's JSON-RPC messages");
    expect(text).toContain("domain-pages-mcp --help");
  });
});
