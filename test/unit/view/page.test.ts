import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { buildViewHtml } from "../../../scripts/build-view.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MAX_BYTES = 150_000;

/** What makes code or markup of a text. */
const DANGEROUS =
  /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|DOMParser|createContextualFragment|setHTMLUnsafe/i;

/** The place itself, since the whole page is nothing to read in a report. */
const findIn = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[0];

describe("the page", () => {
  let html: string;
  beforeAll(async () => {
    html = await buildViewHtml(ROOT);
  });

  const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const partOf = (tag: string) => new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "";

  it("lets its own script and style sheet run, and nothing else", () => {
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html)?.[1];
    expect(policy?.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(partOf("script"))}`,
      `style-src ${hashOf(partOf("style"))}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    // It counts from where it stands: nothing that could load or run may come before it.
    expect(html.indexOf("<style")).toBeGreaterThan(html.indexOf("Content-Security-Policy"));
  });

  it(`is at most ${MAX_BYTES} bytes`, () => {
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(MAX_BYTES);
  });

  it("has exactly one place for data, and that is empty", () => {
    expect(html.split('<script type="application/json" id="view-file">null</script>')).toHaveLength(2);
    expect(html.match(/<script/g)).toHaveLength(2);
  });

  it("names no address to load from, and holds no code that makes markup or code of a text", () => {
    expect(findIn(html, DANGEROUS)).toBeUndefined();
    // Names of XML languages, which nothing is loaded from.
    expect([...new Set(html.match(/https?:\/\/[\w.-]+\w/g))]).toEqual(["http://www.w3.org"]);
    expect(findIn(partOf("style"), /@import|url\(/i)).toBeUndefined();
    const skeleton = html.replace(partOf("script"), "").replace(partOf("style"), "");
    expect(findIn(skeleton, /\b(?:src|href|on\w+|style)=|<(?:link|img|iframe|object|embed|base)\b/i)).toBeUndefined();
  });

  it("is built the same twice", async () => {
    expect(await buildViewHtml(ROOT)).toBe(html);
  });
});

it("no source of the view makes markup or code of a text", () => {
  const folder = path.join(ROOT, "src/view");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  expect(files.length).toBeGreaterThan(30);
  for (const file of files)
    expect(findIn(readFileSync(path.join(folder, file), "utf8"), DANGEROUS), file).toBeUndefined();
});
