import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { ROOT, readDocument } from "../../support/markdown.ts";

const SPECIFIER = /(?:from |import\()"((?:@[\w.-]+\/)?\w[\w.-]*)(?:\/[^"\n]*)?"/g;

function listImported(): string[] {
  const folder = path.join(ROOT, "src");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const names = sources.flatMap((file) =>
    [...readFileSync(path.join(folder, file), "utf8").matchAll(SPECIFIER)].map((match) => match[1] ?? ""),
  );
  return [...new Set(names)].sort();
}

it("names in docs/dependencies.md every package that the source imports, and no other", () => {
  const rows = readDocument("docs/dependencies.md").matchAll(/^\| `([^`]+)`/gm);
  const told = [...rows].map((match) => match[1] ?? "").sort();
  expect(listImported().length).toBeGreaterThan(5);
  expect(told).toEqual(listImported());
});
