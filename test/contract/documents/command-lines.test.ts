import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../../src/cli/args.ts";
import { ALL_SETTINGS } from "../../../src/config/http-settings.ts";
import { parseRequest } from "../../../src/pages/domain-pages.ts";
import { parseQuery } from "../../../src/pages/query/query-pages.ts";
import { listBlocks, readDocument } from "../../support/markdown.ts";

const PAGES = [
  "README.md",
  "llms-install.md",
  "docs/clients.md",
  "docs/costs.md",
  "docs/filters.md",
  "docs/http.md",
  "docs/sandbox.md",
  "docs/tools.md",
  "docs/troubleshooting.md",
];

const RULES = { allowUnknownFields: false, mapBareNames: true };

/** Words as a shell parts them; a comment ends the line. */
const toWords = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(#.*)|(\S+)/g)]
    .filter((match) => match[2] === undefined)
    .map((match) => match[1] ?? match[3] ?? "");

/** Every command line of the product that a reader can copy, in a block or in a sentence. */
const LINES = PAGES.flatMap((page) => {
  const document = readDocument(page);
  const ofBlocks = listBlocks(document)
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.split("\n"));
  const ofProse = [...document.matchAll(/`((?:npx -y )?domain-pages-mcp [a-z-][^`]*)`/g)].map(
    (match) => match[1] ?? "",
  );
  return [...ofBlocks, ...ofProse]
    .map((line) => line.replace(/^npx -y /, ""))
    .filter((line) => line.startsWith("domain-pages-mcp "))
    .map((line) => ({ page, line }));
});

describe("command lines in the documents", () => {
  it("are found", () => {
    expect(LINES.length).toBeGreaterThan(15);
  });

  it.each(LINES)("$page: $line", ({ line }) => {
    // What a reader has to fill in stands as an ellipsis or in capitals.
    const { command, options, operands } = parseCommandLine(toWords(line.replace(/ …$/, "")).slice(1), ALL_SETTINGS);
    if (options.body === undefined) return;
    const args = { target: operands[0], ...JSON.parse(options.body) };
    if (command === "query") expect(parseQuery(args).notes).toEqual([]);
    else expect(parseRequest(args, RULES).notes).toEqual([]);
  });
});

describe("npm scripts in the documents", () => {
  const { scripts } = JSON.parse(readDocument("package.json")) as { scripts: Record<string, string> };

  it.each([...PAGES, "CONTRIBUTING.md", "AGENTS.md"])("of %s are there", (page) => {
    const named = [...readDocument(page).matchAll(/npm run ([a-z][\w:-]*)/g)].map((match) => match[1] ?? "");
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
