import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { importAnswer } from "../src/lists/endpoint-answer.ts";
import { DOMAIN_PAGES } from "../src/pages/domain-pages.ts";
import { createDiskStore } from "../src/store/disk-store.ts";
import { createMemoryStore } from "../src/store/memory-store.ts";
import { encodeSnapshot } from "../src/store/snapshot-file.ts";
import { toSnapshotFile } from "../src/store/snapshot-name.ts";
import { readEnvelope } from "../src/upstream/envelope.ts";
import { makeBody } from "./make-body.ts";
import { median, spread } from "./stats.ts";

const SNAPSHOTS = 10_000;
const ROUNDS = 9;

/** Questions to a target among many kept snapshots, by stores that know nothing yet, beside a bare listing of the folder. */
export async function benchKept(): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "bench-kept-"));
  try {
    await fill(folder);
    const snapshots = path.join(folder, "snapshots");
    const open = () =>
      createDiskStore({
        folder,
        maxBytes: 1 << 30,
        maxAgeMs: 1e12,
        now: Date.now,
        memory: createMemoryStore(),
        onProblem: () => {},
      });
    const times = { bare: [] as number[], anew: [] as number[], first: [] as number[], next: [] as number[] };
    const tenTimes: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      times.bare.push(await timed(() => readdir(snapshots)));
      await rm(path.join(folder, "snapshots.index"), { force: true });
      times.anew.push(await timed(() => open().list(targetOf(round))));
      const store = open();
      times.first.push(await timed(() => store.list(targetOf(round))));
      times.next.push(await timed(() => store.list(targetOf(round + 1))));
      const other = open();
      tenTimes.push(await timed(() => Promise.all(Array.from({ length: 10 }, (_, at) => other.list(targetOf(at))))));
    }
    const toBare = (those: readonly number[]) => median(those.map((time, at) => time / (times.bare[at] ?? Number.NaN)));
    const line = (what: string, those: readonly number[], bar: string) =>
      `${SNAPSHOTS} kept snapshots, ${what}, ms: ${spread(those)}; ratio to readdir ${toBare(those).toFixed(1)} (${bar})`;
    return [
      `${SNAPSHOTS} kept snapshots, readdir of their folder alone, ms: ${spread(times.bare)}`,
      line("first question to a target", times.first, "bar 10"),
      line("ten at once", tenTimes, "bar 12"),
      line("the next", times.next, "bar 1"),
      line("first of all, without an index", times.anew, "bar 30"),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

const targetOf = (at: number): string => `t${at}.example`;

async function fill(folder: string): Promise<void> {
  const outcome = readEnvelope({ status: 200, headers: {}, body: makeBody(1) });
  if (!outcome.ok) throw outcome.error;
  const snapshot = importAnswer(DOMAIN_PAGES, outcome.answer);
  const snapshots = path.join(folder, "snapshots");
  await mkdir(snapshots);
  // Put by a store, each would be synced, and would have it look whether there is room.
  for (let at = 0; at < SNAPSHOTS; at += 1) {
    const hex = at.toString(16).padStart(8, "0");
    const each = {
      ...snapshot,
      id: `s_${hex}`,
      request: { ...snapshot.request, target: targetOf(at) },
      requestKey: hex.repeat(4),
      fetchedAt: 1_780_000_000_000 + at,
    };
    await writeFile(path.join(snapshots, toSnapshotFile(each) ?? ""), await encodeSnapshot(each));
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}
