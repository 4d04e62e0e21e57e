import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../../src/cli/args.ts";
import { COMMAND_NAMES, commandOf, type OptionName, OWN_OPTIONS, renderUsage } from "../../../src/cli/commands.ts";
import { renderCommandHelp, renderHelp } from "../../../src/cli/help.ts";
import { run } from "../../../src/cli/run.ts";
import { ALL_SETTINGS } from "../../../src/config/http-settings.ts";
import { readDocument } from "../../support/markdown.ts";
import { createTestIo } from "../../support/test-io.ts";

const DOCUMENTS = ["README.md", "docs/tools.md", "docs/http.md", "docs/sandbox.md", "docs/clients.md"]
  .map(readDocument)
  .join("\n");
const ALL_OPTIONS = Object.keys(OWN_OPTIONS) as OptionName[];

const spell = (option: OptionName): string[] =>
  OWN_OPTIONS[option].type === "boolean" ? [`--${option}`] : [`--${option}`, "1"];
const parse = (...argv: string[]) => parseCommandLine(argv, ALL_SETTINGS);

describe.each(COMMAND_NAMES)("the command %s", (name) => {
  const { operands, maxOperands = operands.length, options, must = [], unnamed = [] } = commandOf(name);

  it("takes its own options and no others", () => {
    for (const option of ALL_OPTIONS) {
      const line = [name, ...spell(option)];
      if (options.includes(option)) expect(parse(...line).options).toHaveProperty(option);
      else expect(() => parse(...line)).toThrow(`--${option} does not go with "${name}"`);
    }
    for (const option of [...must, ...unnamed]) expect(options, `${name}: ${option}`).toContain(option);
  });

  it("takes as many operands as it names", () => {
    const most = Array.from({ length: maxOperands }, () => "x");
    expect(parse(name, ...most).operands).toEqual(most);
    expect(() => parse(name, ...most, "x")).toThrow(/takes (?:no|one|\d) operands?, got/);
  });

  it("has its line in --help and is told of in the documents", () => {
    expect(renderHelp()).toContain(`  ${renderUsage(name)}  `);
    const isTold = name === "stdio" || DOCUMENTS.includes(`domain-pages-mcp ${name}`);
    expect(isTold, `${name}: no document names "domain-pages-mcp ${name}"`).toBe(true);
  });

  it("has one screen of help, the same in both spellings", async () => {
    const [flag, word] = [createTestIo([name, "--help"]), createTestIo(["help", name])];
    expect([await run(flag), await run(word)]).toEqual([0, 0]);
    expect(word.written("stdout")).toBe(flag.written("stdout"));
    const lines = renderCommandHelp(name, 80).split("\n");
    expect(lines.length, `${name}: lines of help`).toBeLessThanOrEqual(24);
    for (const option of options) expect(flag.written("stdout"), `${name}: help lacks`).toContain(`--${option}`);
  });
});

describe("the options", () => {
  it("each belong to a command, and say what they are for", () => {
    const taken = new Set(COMMAND_NAMES.flatMap((name) => commandOf(name).options));
    expect(ALL_OPTIONS.filter((option) => !taken.has(option))).toEqual([]);
    for (const option of ALL_OPTIONS) {
      const { type, says, ...rest } = OWN_OPTIONS[option];
      expect(says, `${option}: says`).toMatch(/\S/);
      expect("value" in rest, `${option}: a value is named where one is taken`).toBe(type === "string");
    }
  });

  it("are none of the settings' flags", () => {
    const flags = ALL_SETTINGS.map(({ flag }) => flag);
    expect(ALL_OPTIONS.filter((option) => flags.includes(option))).toEqual([]);
  });
});

it("prints all of --help for the bare word help, and for no command", async () => {
  const [word, flag] = [createTestIo(["help"]), createTestIo(["--help"])];
  expect([await run(word), await run(flag)]).toEqual([0, 0]);
  expect(word.written("stdout")).toBe(flag.written("stdout"));
  expect(word.written("stdout")).toContain("Exit codes");
});

it("refuses help for what is no command", () => {
  expect(() => parse("help", "constructor")).toThrow('unknown command "constructor"');
});
