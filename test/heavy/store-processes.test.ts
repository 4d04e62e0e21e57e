import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDiskStore } from "../../src/store/disk-store.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { type StoreChild, startCrampedStoreChild, startStoreChild } from "../support/start-store-child.ts";
import { KEY, makeSnapshot } from "../unit/store/make-snapshot.ts";

const HOUR_MS = 3_600_000;

let folder: string;
let problems: unknown[];
let children: StoreChild[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "store-"));
  problems = [];
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await rm(folder, { recursive: true });
});

function startAll(howMany: number, role: string, count = 0): StoreChild[] {
  children = Array.from({ length: howMany }, () => startStoreChild(role, folder, count));
  return children;
}

function openStore({ maxBytes = 1 << 30, now = Date.now } = {}) {
  const onProblem = (problem: unknown) => problems.push(problem);
  return createDiskStore({ folder, maxBytes, maxAgeMs: 1e12, now, memory: createMemoryStore(), onProblem });
}

/** Every snapshot on disk, read by a store that knows nothing. */
async function readAll() {
  const list = await openStore().list();
  return Promise.all(list.map(({ id }) => openStore().get(id)));
}

// Several processes on a machine of two cores: a slow start is not a failure.
describe("processes that share a folder", { timeout: 60_000 }, () => {
  it("lose nothing and find nothing damaged while all of them write and read", async () => {
    const told = await Promise.all(startAll(4, "put", 50).map((child) => child.told()));
    const ids = told.flatMap((each) => each["ids"] as string[]);
    expect(told.map(({ missing, problems }) => ({ missing, problems }))).toEqual(
      Array(4).fill({ missing: 0, problems: [] }),
    );
    expect(new Set(ids).size).toBe(200);
    expect((await readAll()).map((snapshot) => snapshot?.id).sort()).toEqual(ids.sort());
    expect(problems).toEqual([]);
  });

  it("make room side by side, and what is left is whole and the newest", async () => {
    const told = await Promise.all(startAll(4, "putInLittleRoom", 50).map((child) => child.told()));
    const ids = told.flatMap((each) => each["ids"] as string[]);
    expect(ids).toHaveLength(200);
    expect(told.flatMap((each) => each["problems"])).toEqual([]);
    const last = makeSnapshot({ fetchedAt: Date.now() });
    await openStore({ maxBytes: 20_000 }).put(last);
    const left = await readAll();
    expect(left.length).toBeGreaterThan(5);
    expect(left.length).toBeLessThan(20);
    expect(left).not.toContain(undefined);
    expect(left[0]).toEqual(last);
    expect(problems).toEqual([]);
  });

  it("go on when writers are killed in the middle, and never see half a file", async () => {
    const survivor = openStore();
    await Promise.all(
      startAll(4, "putForEver").map(async (child, index) => {
        for (let put = 0; put < 5 + index; put++) await child.told();
        await Promise.all([child.kill(), readAll()]);
      }),
    );
    const mine = makeSnapshot({ fetchedAt: Date.now() });
    expect(await survivor.put(mine)).toEqual({ where: "disk" });
    expect(await openStore().newest(KEY)).toEqual(mine);
    const all = await readAll();
    expect(all.length).toBeGreaterThanOrEqual(4 * 4);
    expect(all).not.toContain(undefined);
    expect(problems).toEqual([]);

    // What they left half-written goes once it is old enough.
    await openStore({ now: () => Date.now() + 2 * HOUR_MS }).put(mine);
    const files = await readdir(path.join(folder, "snapshots"));
    expect(files).toHaveLength(all.length);
  });

  it.skipIf(process.platform === "win32")(
    "take a file that was written in part for one that was not kept",
    async () => {
      const child = startCrampedStoreChild("putTooLarge", folder, 512);
      children = [child];
      const told = await child.told();
      expect(told["kept"]).toMatchObject({ where: "memory", problem: expect.stringMatching(/^(?:ENOSPC|EFBIG)$/) });
      expect(told["problems"]).toMatchObject([{ kind: "not_kept" }]);
      expect(await readdir(path.join(folder, "snapshots"))).toEqual([]);
    },
  );
});
