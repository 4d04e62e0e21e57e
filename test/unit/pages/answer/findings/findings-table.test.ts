import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { FINDINGS, factsOf, GROUPS } from "../../../../../src/pages/findings/find-facts.ts";
import type { Finding } from "../../../../../src/pages/findings/finding.ts";
import { SITES } from "../../../../../src/sandbox/sites.ts";
import { readDocument } from "../../../../support/markdown.ts";
import { sandboxSnapshot } from "../../../../support/sandbox-answer.ts";
import { findIn, item } from "./find.ts";

/** What fires a kind of which the sandbox has no page; a kind that it has needs none. */
const FIXTURES: Readonly<Record<string, readonly unknown[]>> = {
  "redirects to dead": [
    item("/moved", { status: 301, backlinks: 9, location: "https://acme.example/late" }),
    item("/late", { status: 503 }),
  ],
  "links lost": [item("/lost", { backlinks: 9, lost: "2026-01-01" })],
  "few domains": [item("/template", { backlinks: 300, domains: 3 })],
  "redirecting links": [item("/", { backlinks: 90, pages: 40, types: { redirect: 39 } })],
};

const IN_SANDBOX: readonly Finding[] = SITES.flatMap(({ domain }) =>
  factsOf(sandboxSnapshot({ target: domain, limit: 1000 })),
);

const HERE = new URL("./", import.meta.url);
const TESTS = readdirSync(HERE)
  .filter((file) => file.endsWith(".test.ts") && file !== basename(import.meta.url))
  .map((file) => readFileSync(new URL(file, HERE), "utf8"))
  .join("\n");

describe.each(FINDINGS)("the finding $id", ({ id, words, says }) => {
  it("fires on a page of the sandbox or a fixture, under its own name and words", () => {
    const fired = [...IN_SANDBOX, ...findIn(FIXTURES[id] ?? [])].filter(({ name }) => name === id);
    const missing = `${id}: no page of the sandbox fires it (or it calls itself otherwise); add one to FIXTURES`;
    expect(fired.length, missing).toBeGreaterThan(0);
    for (const { rule } of fired) {
      expect(rule.startsWith(`${words} (`), `${id}: its rule "${rule}" does not begin with its words`).toBe(true);
    }
  });

  it("has its row in docs/answer.md", () => {
    const row = `${words} | ${says} |`;
    expect(readDocument("docs/answer.md"), `${id}: docs/answer.md lacks "${row}": npm run docs`).toContain(row);
  });

  it("has a test of its own", () => {
    expect(TESTS.includes(words), `${id}: no test beside this one has its words "${words}"`).toBe(true);
  });
});

describe("the findings", () => {
  it("have names of their own", () => {
    expect(new Set(FINDINGS.map(({ id }) => id)).size).toBe(FINDINGS.length);
    expect(new Set(FINDINGS.map(({ words }) => words)).size).toBe(FINDINGS.length);
  });

  it("stand group by group, so that hints come last", () => {
    const places = FINDINGS.map(({ group }) => GROUPS.indexOf(group));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("that the sandbox or a fixture fires are all in the table", () => {
    const known = new Set(FINDINGS.map(({ id }) => id));
    expect([...IN_SANDBOX.map(({ name }) => name), ...Object.keys(FIXTURES)].filter((id) => !known.has(id))).toEqual(
      [],
    );
  });
});
