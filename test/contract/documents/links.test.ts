import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import GithubSlugger from "github-slugger";
import { describe, expect, it } from "vitest";
import { ROOT, readDocument } from "../../support/markdown.ts";

const DOCUMENTS = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .trim()
  .split("\n")
  .filter((file) => existsSync(path.join(ROOT, file)));

const withoutBlocks = (document: string): string => document.replace(/^( *)```[\s\S]*?^\1```$/gm, "");

/** `[text](target)` and `![text](target)`, wherever they lead but to the web. */
function listLinks(file: string): { target: string; anchor: string }[] {
  const prose = withoutBlocks(readDocument(file)).replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? "")
    .filter((link) => !/^(?:https?|mailto):/.test(link))
    .map((link) => {
      const [to = "", anchor = ""] = link.split("#");
      return { target: to === "" ? file : path.posix.normalize(path.posix.join(path.posix.dirname(file), to)), anchor };
    });
}

function listAnchors(file: string): string[] {
  const slugger = new GithubSlugger();
  return [...withoutBlocks(readDocument(file)).matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
    slugger.slug((match[1] ?? "").replaceAll("`", "")),
  );
}

describe("links between the documents", () => {
  it.each(DOCUMENTS)("in %s lead to something that is there", (file) => {
    const dead = listLinks(file).filter(({ target }) => !existsSync(path.join(ROOT, target)));
    expect(dead).toEqual([]);
  });

  it.each(DOCUMENTS)("in %s lead to headings that are there", (file) => {
    const dead = listLinks(file).filter(
      ({ target, anchor }) => anchor !== "" && target.endsWith(".md") && !listAnchors(target).includes(anchor),
    );
    expect(dead).toEqual([]);
  });

  it("lead to every page and picture of docs/ from somewhere", () => {
    const reached = new Set(DOCUMENTS.flatMap(listLinks).map(({ target }) => target));
    const there = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "docs"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(
      there
        .trim()
        .split("\n")
        .filter((file) => !reached.has(file)),
    ).toEqual([]);
  });
});
