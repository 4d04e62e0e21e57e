import { readFile, writeFile } from "node:fs/promises";

/** A document that is generated, wholly or in parts. */
export interface GeneratedDocument {
  /** From the root of the repository, with slashes. */
  path: string;
  /**
   * @param before what the file holds now; empty where there is none
   * @throws when the document lacks a part that is written into it
   */
  write: (before: string) => Promise<string | Uint8Array>;
}

export type Render<T = string> = () => T | Promise<T>;

/** A document of which only the parts between `<!-- name:start -->` and `<!-- name:end -->` are generated. */
export const withParts = (path: string, parts: Readonly<Record<string, Render>>): GeneratedDocument => ({
  path,
  write: async (before) => {
    let after = before;
    for (const [name, render] of Object.entries(parts)) after = replacePart(after, path, name, await render());
    return after;
  },
});

/** A document, or a picture, that is generated from its first line to its last. */
export const asWhole = (path: string, render: Render<string | Uint8Array>): GeneratedDocument => ({
  path,
  write: async () => render(),
});

function replacePart(document: string, path: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path} has no part "${name}"`);
  return `${document.slice(0, from + start.length)}\n${content.trim()}\n${document.slice(to)}`;
}

const ROOT = new URL("../../", import.meta.url);

/** @returns the paths of those that were not up to date; with `check` they are left as they are */
export async function updateDocuments(documents: readonly GeneratedDocument[], check: boolean): Promise<string[]> {
  const outdated: string[] = [];
  for (const { path, write } of documents) {
    const file = new URL(path, ROOT);
    const before = await readFile(file).catch(() => Buffer.alloc(0));
    const after = await write(before.toString("utf8"));
    if (before.equals(Buffer.from(after))) continue;
    outdated.push(path);
    if (!check) await writeFile(file, after);
  }
  return outdated;
}
