import { EXIT_CODES } from "../../src/cli/args.ts";
import { CHECKS } from "../../src/cli/doctor/run-doctor.ts";
import { toMarkdownTable } from "./markdown.ts";

export function exitCodeTable(): string {
  const rows = Object.values(EXIT_CODES).map(({ code, says }) => [String(code), says]);
  return toMarkdownTable(["Exit code", "Meaning"], rows);
}

const WHERE: Readonly<Record<(typeof CHECKS)[number]["where"], string>> = {
  here: "always",
  service: "where `http` is set up",
  gateway: "with a key",
  sandbox: "without a key",
};

/** What `doctor` looks at, line by line. */
export function checksTable(): string {
  const rows = CHECKS.map(({ name, says, where }) => [`\`${name}\``, says, WHERE[where]]);
  return toMarkdownTable(["Line", "What is looked at", "When"], rows);
}
