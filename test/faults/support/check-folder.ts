import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { answerDomainPages } from "../../../src/sandbox/answer-domain-pages.ts";
import type { Envelope } from "../../../src/sandbox/exchange.ts";
import type { Purchase } from "../../../src/spend/ledger/ledger.ts";
import { createDiskStore } from "../../../src/store/disk-store.ts";
import { createMemoryStore } from "../../../src/store/memory-store.ts";
import { type Asked, toBody } from "./requests.ts";
import { WORLD } from "./setup.ts";

/** An answer that a client got. */
export interface Got {
  asked: Asked;
  snapshotId: string;
}

/** Looks at a cache folder as a process that has just come to it: nothing is known from memory. */
export async function checkKept(
  folder: string,
  {
    got,
    purchases,
    keys,
    mayBeCut = false,
  }: {
    got: readonly Got[];
    purchases: readonly Purchase[];
    keys: ReadonlyMap<string, Asked>;
    /** Of a paid reply that broke off, the first pages are kept. */
    mayBeCut?: boolean;
  },
): Promise<string[]> {
  const problems: string[] = [];
  const store = createDiskStore({
    folder,
    maxBytes: 1 << 30,
    maxAgeMs: 86_400_000,
    now: Date.now,
    memory: createMemoryStore(),
    onProblem: (problem) => problems.push(`the store reports ${JSON.stringify(problem)}`),
  });
  const settled = purchases.flatMap(({ id, snapshotId, requestKey }): Got[] => {
    const asked = keys.get(requestKey);
    if (asked === undefined) problems.push(`${id} is for a request that nobody made`);
    return snapshotId === undefined || asked === undefined ? [] : [{ asked, snapshotId }];
  });
  for (const { snapshotId, asked } of [...got, ...settled]) {
    const snapshot = await store.get(snapshotId);
    if (snapshot === undefined) {
      problems.push(`snapshot ${snapshotId} cannot be read any more`);
      continue;
    }
    const pages = snapshot.items.map(({ raw }) => raw);
    const wanted = JSON.parse(expectedPages(asked)) as unknown[];
    const held = mayBeCut && pages.length > 0 ? wanted.slice(0, pages.length) : wanted;
    if (JSON.stringify(pages) !== JSON.stringify(held)) {
      problems.push(`snapshot ${snapshotId} does not hold what was asked for`);
    }
  }
  return problems;
}

const expected = new Map<string, string>();

/** The pages that the sandbox gives for a request, as JSON. */
function expectedPages(asked: Asked): string {
  const body = JSON.stringify(toBody(asked));
  const known = expected.get(body);
  if (known !== undefined) return known;
  const answer = answerDomainPages(JSON.parse(body), WORLD).body as Envelope;
  const [result] = (answer.tasks?.[0]?.["result"] ?? []) as { items: unknown }[];
  const pages = JSON.stringify(result?.items ?? []);
  expected.set(body, pages);
  return pages;
}

export const countPages = (asked: Asked): number => JSON.parse(expectedPages(asked)).length;

/**
 * @param mayHaveKilled a writer that was killed leaves an unfinished file behind
 * @returns what is not as it should be, one sentence each
 */
export async function checkFiles(folder: string, mayHaveKilled = false): Promise<string[]> {
  const problems: string[] = [];
  const names = await readdir(folder, { recursive: true });
  for (const name of names) {
    const found = await stat(path.join(folder, name)).catch(() => undefined);
    if (found === undefined) continue;
    const mode = (found.mode & 0o777).toString(8);
    const wanted = found.isDirectory() ? "700" : "600";
    // Locks hold nothing, and lie in a folder that is private.
    if (mode !== wanted && !name.startsWith(`locks${path.sep}`)) problems.push(`${name} has mode ${mode}`);
    if (name.startsWith(`set-aside${path.sep}`)) problems.push(`${name} was damaged`);
    if (/\.snap\.\d+$/.test(name) && !mayHaveKilled) problems.push(`${name} was left behind`);
  }
  return problems;
}
