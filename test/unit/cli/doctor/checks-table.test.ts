import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { CHECKS } from "../../../../src/cli/doctor/run-doctor.ts";
import { ROOT, readDocument } from "../../../support/markdown.ts";

const filesIn = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.includes("doctor") && /\.(?:txt|ts)$/.test(file))
    .map((file) => readDocument(`${folder}/${file}`));

/** Reports of whole runs, and tests that look at single lines. */
const TESTS = ["test/integration", "test/e2e"].flatMap(filesIn).join("\n");
const DOCUMENT = readDocument("docs/troubleshooting.md");

describe.each(CHECKS)("the check $name", ({ name, says, where }) => {
  it("has its row in the documents", () => {
    expect(says).toMatch(/^\w[^.]{10,100}$/);
    expect(DOCUMENT, `${name}: run npm run docs`).toContain(`| \`${name}\` | ${says} |`);
  });

  it("is seen in a test", () => {
    const isSeen = new RegExp(`^(?:ok|note|skip|FAIL) +${name}  `, "m").test(TESTS) || TESTS.includes(`, "${name}")`);
    expect(isSeen, `${name}: no report in test/integration/__snapshots__/doctor, no linesOf(text, "${name}")`).toBe(
      true,
    );
  });

  it("comes before those that take a network, if it takes none", () => {
    const first = CHECKS.findIndex((each) => each.where === "gateway" || each.where === "sandbox");
    const takesNetwork = where === "gateway" || where === "sandbox";
    expect(CHECKS.findIndex((each) => each.name === name) >= first).toBe(takesNetwork);
  });
});

it("every line begins with a word of its own", () => {
  const names = CHECKS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
