import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Snapshot } from "../../src/lists/snapshot.ts";
import { createDiskStore, type DiskStoreDeps } from "../../src/store/disk-store.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import type { DiskProblem } from "../../src/store/private-files.ts";
import { toSnapshotFile, toSnapshotInfo } from "../../src/store/snapshot-name.ts";
import { createDatedStore } from "../../src/store/snapshot-store.ts";
import { KEY, makeSnapshot, OTHER_KEY } from "../unit/store/make-snapshot.ts";

const DAY_MS = 86_400_000;
/** Before the files that the tests write, so that their age counts from when they were written. */
const LONG_AGO = Date.UTC(2020, 0, 1);

let parent: string;
let folder: string;
let problems: DiskProblem[];

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), "store-"));
  folder = path.join(parent, "cache");
  problems = [];
});
afterEach(() => rm(parent, { recursive: true }));

/** A store as another process would open it: with nothing in memory. */
function openStore(deps: Partial<DiskStoreDeps> = {}) {
  return createDiskStore({
    folder,
    maxBytes: 1 << 30,
    maxAgeMs: 90 * DAY_MS,
    now: Date.now,
    memory: createMemoryStore(),
    onProblem: (problem) => problems.push(problem),
    ...deps,
  });
}

const make = (facts: Parameters<typeof makeSnapshot>[0] = {}) => makeSnapshot({ fetchedAt: Date.now(), ...facts });
const fileOf = (snapshot: Snapshot) => path.join(folder, "snapshots", toSnapshotFile(snapshot) ?? "");
const filesIn = (name: string) => readdir(path.join(folder, name)).then((files) => files.sort());
/** Those of snapshots, without what removed ones left behind. */
const snapshotsIn = (name: string) => filesIn(name).then((files) => files.filter((file) => !file.endsWith(".gone")));
const goneFiles = () => filesIn("snapshots").then((files) => files.filter((file) => file.endsWith(".gone")));
const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

/** Changes one byte in the middle of the compressed items. */
async function damageBody(snapshot: Snapshot) {
  const bytes = await readFile(fileOf(snapshot));
  const place = Math.floor((bytes.indexOf("\n") + bytes.length) / 2);
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  await writeFile(fileOf(snapshot), bytes);
}

async function damageHeader(snapshot: Snapshot) {
  const bytes = await readFile(fileOf(snapshot));
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  await writeFile(fileOf(snapshot), bytes);
}

/** As if the file had been put there so many days ago. */
async function age(file: string, days: number) {
  const seconds = Date.now() / 1000 - days * 86_400;
  await utimes(file, seconds, seconds);
}

describe("a disk store", () => {
  it("keeps snapshots for whoever opens the folder later", async () => {
    const [older, newer, other] = [
      make({ taskId: "a", fetchedAt: LONG_AGO }),
      make({ taskId: "b" }),
      make({ taskId: "c", requestKey: OTHER_KEY, fetchedAt: null, source: "import" }),
    ];
    const store = openStore();
    for (const each of [newer, older, other]) expect(await store.put(each)).toEqual({ where: "disk" });
    const later = openStore();
    expect(await later.get(older.id)).toEqual(older);
    expect(await later.newest(KEY)).toEqual(newer);
    expect(await later.newest(OTHER_KEY)).toEqual(other);
    expect(await later.list()).toEqual([newer, older, other].map(toSnapshotInfo));
    expect(problems).toEqual([]);
  });

  it("has nothing, and creates nothing, before something is put", async () => {
    const store = openStore();
    expect(await store.get("s_abcd1234")).toBeUndefined();
    expect(await store.newest(KEY)).toBeUndefined();
    expect(await store.list()).toEqual([]);
    expect(await readdir(parent)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("sees what others write meanwhile, though it knows an older answer itself", async () => {
    const [mine, another] = [openStore(), openStore()];
    const [older, newer] = [make({ taskId: "a", fetchedAt: LONG_AGO }), make({ taskId: "b" })];
    await mine.put(older);
    expect(await mine.newest(KEY)).toBe(older);
    await another.put(newer);
    expect(await mine.newest(KEY)).toEqual(newer);
    expect(await mine.get(newer.id)).toEqual(newer);
  });

  it("decodes a file once", async () => {
    const snapshot = make();
    await openStore().put(snapshot);
    const store = openStore();
    const first = await store.get(snapshot.id);
    expect(first).toEqual(snapshot);
    expect(await store.get(snapshot.id)).toBe(first);
    expect(await store.newest(KEY)).toBe(first);
  });

  it("lists by the headers alone, and reads an unchanged one once", async () => {
    const snapshot = make();
    await openStore().put(snapshot);
    await damageBody(snapshot);
    const store = openStore();
    expect(await store.list()).toEqual([toSnapshotInfo(snapshot)]);
    await damageHeader(snapshot);
    expect(await store.list()).toEqual([toSnapshotInfo(snapshot)]);
    expect(await openStore().list()).toEqual([]);
    expect(await store.list()).toEqual([]);
  });

  it("lists a header of any length", async () => {
    const snapshot = make({ request: { target: "acme.example", tag: "ü".repeat(9000) } });
    await openStore().put(snapshot);
    expect(await openStore().list()).toEqual([toSnapshotInfo(snapshot)]);
  });

  it("looks up nothing but ids", async () => {
    await openStore().put(make());
    await writeFile(path.join(folder, "secret"), "secret");
    const store = openStore();
    for (const id of ["../secret", "s_../../..", "", "s_ABCDEFGH", "s_abcd1234/../../secret", `${KEY}`]) {
      expect(await store.get(id)).toBeUndefined();
    }
    expect(await store.newest("../../secret")).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it("leaves files of other names alone", async () => {
    const store = openStore({ maxAgeMs: 0, maxBytes: 0 });
    await store.put(make());
    const foreign = ["README", "x.snap", `${KEY}.0000000zz.s_abcd1234.snap2`, "tool.snap.123"];
    for (const name of foreign) {
      await writeFile(path.join(folder, "snapshots", name), "not ours");
      await age(path.join(folder, "snapshots", name), 400);
    }
    const last = make({ taskId: "last" });
    await store.put(last);
    expect(await snapshotsIn("snapshots")).toEqual([...foreign, toSnapshotFile(last)].sort());
    expect(await store.list()).toHaveLength(2);
    expect(problems).toEqual([]);
  });
});

describe("the privacy of a disk store", () => {
  it("is its owner's: folders 0700, files 0600", async () => {
    const snapshot = make();
    await openStore().put(snapshot);
    expect(await modeOf(folder)).toBe("700");
    expect(await modeOf(path.join(folder, "snapshots"))).toBe("700");
    expect(await modeOf(fileOf(snapshot))).toBe("600");
  });

  it("is made so in a folder that was open to all, and what is above stays as it was", async () => {
    await mkdir(path.join(folder, "snapshots"), { recursive: true });
    for (const each of [parent, folder, path.join(folder, "snapshots")]) await chmod(each, 0o755);
    const snapshot = make();
    await openStore().put(snapshot);
    await chmod(fileOf(snapshot), 0o644);
    await openStore().put(snapshot);
    expect(await modeOf(path.join(folder, "snapshots"))).toBe("700");
    expect(await modeOf(fileOf(snapshot))).toBe("600");
    expect(await modeOf(folder)).toBe("755");
    expect(await modeOf(parent)).toBe("755");
  });
});

describe("a damaged file", () => {
  it("is set aside, told of, and the next older answer is given", async () => {
    const [older, newer] = [make({ taskId: "a", fetchedAt: LONG_AGO }), make({ taskId: "b" })];
    for (const each of [older, newer]) await openStore().put(each);
    await damageBody(newer);
    await chmod(fileOf(newer), 0o644);
    const store = openStore();
    expect(await store.newest(KEY)).toEqual(older);
    const file = toSnapshotFile(newer) ?? "";
    expect(problems).toEqual([{ kind: "damaged", file }]);
    expect(await filesIn("set-aside")).toEqual([file]);
    expect(await modeOf(path.join(folder, "set-aside", file))).toBe("600");
    expect(await modeOf(path.join(folder, "set-aside"))).toBe("700");
    expect(await store.get(newer.id)).toBeUndefined();
    expect(problems).toHaveLength(1);
  });

  it("can be put again", async () => {
    const snapshot = make();
    await openStore().put(snapshot);
    await damageBody(snapshot);
    expect(await openStore().get(snapshot.id)).toBeUndefined();
    expect(await openStore().put(snapshot)).toEqual({ where: "disk" });
    expect(await openStore().get(snapshot.id)).toEqual(snapshot);
  });

  it.each([
    ["is empty", async (file: string) => writeFile(file, "")],
    ["is cut", async (file: string) => writeFile(file, (await readFile(file)).subarray(0, -1))],
    ["is none of ours", async (file: string) => writeFile(file, "#!/bin/sh\n")],
  ])("is one that %s, for a list too", async (_what, damage) => {
    const snapshot = make();
    await openStore().put(snapshot);
    await damage(fileOf(snapshot));
    expect(await openStore().list()).toEqual([]);
    expect(problems).toEqual([{ kind: "damaged", file: toSnapshotFile(snapshot) }]);
    expect(await filesIn("snapshots")).toEqual([]);
  });

  it("is one that bears another's name: no request is answered with the answer to another", async () => {
    const snapshot = make();
    await openStore().put(snapshot);
    await rename(fileOf(snapshot), fileOf({ ...snapshot, requestKey: OTHER_KEY }));
    const store = openStore();
    expect(await store.newest(OTHER_KEY)).toBeUndefined();
    expect(await store.get(snapshot.id)).toBeUndefined();
    expect(problems).toHaveLength(1);
  });

  it("does not pile up: the last 20 are enough", async () => {
    const store = openStore();
    for (let index = 0; index < 25; index++) {
      const snapshot = make({ taskId: `t${index}` });
      await store.put(snapshot);
      await damageBody(snapshot);
      await openStore().get(snapshot.id);
    }
    expect(problems).toHaveLength(25);
    expect(await filesIn("set-aside")).toHaveLength(20);
  });
});

describe("a disk store makes room", () => {
  it("by age, which counts from when a snapshot was put there", async () => {
    const [old, recent, oldImport, undated] = [
      make({ taskId: "a", fetchedAt: Date.now() - 100 * DAY_MS }),
      make({ taskId: "b" }),
      make({ taskId: "c", fetchedAt: LONG_AGO, source: "import" }),
      make({ taskId: "d", fetchedAt: null, source: "import" }),
    ];
    for (const each of [old, recent, oldImport, undated]) await openStore().put(each);
    await age(fileOf(old), 100);
    await age(fileOf(recent), 80);
    const last = make({ taskId: "last" });
    await openStore().put(last);
    const expected = [recent, oldImport, undated, last].map((each) => toSnapshotFile(each));
    expect(await snapshotsIn("snapshots")).toEqual(expected.sort());
    expect(problems).toEqual([]);
  });

  it("by size, the oldest first", async () => {
    const all = Array.from({ length: 6 }, (_, index) => make({ taskId: `t${index}` }));
    const store = openStore();
    for (const [index, each] of all.entries()) {
      await store.put({ ...each, fetchedAt: LONG_AGO });
      await age(fileOf({ ...each, fetchedAt: LONG_AGO }), 50 - index);
    }
    const { size } = await stat(fileOf({ ...(all[0] as Snapshot), fetchedAt: LONG_AGO }));
    const last = make({ taskId: "last" });
    await openStore({ maxBytes: 4 * size + size / 2 }).put(last);
    const kept = [...all.slice(3).map((each) => ({ ...each, fetchedAt: LONG_AGO })), last].map(toSnapshotFile);
    expect(await snapshotsIn("snapshots")).toEqual(kept.sort());
  });

  it("and spares one that another process has put anew meanwhile", async () => {
    const [old, other] = [make({ taskId: "a", fetchedAt: LONG_AGO }), make({ taskId: "b", fetchedAt: LONG_AGO })];
    for (const each of [old, other]) {
      await openStore().put(each);
      await age(fileOf(each), 80);
    }
    let nowMs = Date.now();
    const store = openStore({ now: () => nowMs });
    await store.put(make({ taskId: "first" }));
    await openStore().put(old);
    nowMs += 20 * DAY_MS;
    const last = make({ taskId: "last" });
    await store.put(last);
    const kept = await snapshotsIn("snapshots");
    expect(kept).toContain(toSnapshotFile(old));
    expect(kept).not.toContain(toSnapshotFile(other));
  });

  it("but never takes the one just put, however large and old", async () => {
    const store = openStore({ maxBytes: 1, maxAgeMs: -1 });
    const [first, second] = [make({ taskId: "a" }), make({ taskId: "b", fetchedAt: null })];
    await store.put(first);
    await store.put(second);
    expect(await snapshotsIn("snapshots")).toEqual([toSnapshotFile(second)]);
  });

  it("by what killed writers left an hour ago", async () => {
    const snapshot = make();
    await openStore().put(snapshot);
    const [old, fresh] = [`${fileOf(snapshot)}.123`, `${fileOf(snapshot)}.4294967295`];
    for (const each of [old, fresh]) await writeFile(each, "half");
    await age(old, 1 / 23);
    await openStore().put(snapshot);
    expect(await snapshotsIn("snapshots")).toEqual([toSnapshotFile(snapshot), path.basename(fresh)].sort());
  });
});

describe("a snapshot that made room", () => {
  /** One that was dropped for the next, and that next one. */
  async function dropOne(facts: Parameters<typeof make>[0] = {}) {
    const [old, next] = [make({ taskId: "old", ...facts }), make({ taskId: "next" })];
    await openStore().put(old);
    await age(fileOf(old), 100);
    await openStore().put({ ...next, fetchedAt: LONG_AGO });
    return { old, next: { ...next, fetchedAt: LONG_AGO } };
  }
  const ANCIENT = { fetchedAt: LONG_AGO };

  it("leaves its header behind, in a small private file, and nothing else of it is there", async () => {
    const items = Array.from({ length: 500 }, (_, index) => ({ page: `https://acme.example/${index}` }));
    const { old, next } = await dropOne({ ...ANCIENT, items, request: { target: "acme.example", limit: 500 } });
    const store = openStore();
    expect(await store.gone(old.id)).toEqual(toSnapshotInfo(old));
    expect(await store.get(old.id)).toBeUndefined();
    expect(await store.newest(KEY)).toEqual(next);
    expect((await store.list()).map(({ id }) => id)).toEqual([next.id]);
    expect(await goneFiles()).toEqual([`${toSnapshotFile(old)}.gone`]);
    expect((await stat(`${fileOf(old)}.gone`)).size).toBeLessThan(1024);
    expect(await modeOf(`${fileOf(old)}.gone`)).toBe("600");
    expect(problems).toEqual([]);
  });

  it("is remembered by a store that was opened before, once its memory is without it too", async () => {
    const store = openStore({ memory: createMemoryStore({ maxBytes: 1 }) });
    const [old, next] = [make({ taskId: "a", ...ANCIENT }), make({ taskId: "b" })];
    await store.put(old);
    await store.put(next);
    // Memory has dropped it, the disk has it.
    expect(await store.gone(old.id)).toBeUndefined();
    await age(fileOf(old), 100);
    await openStore().put(next);
    expect(await store.gone(old.id)).toEqual(toSnapshotInfo(old));
  });

  it("is not told of as gone while it can be read, nor when it is there again", async () => {
    const { old } = await dropOne(ANCIENT);
    const store = openStore();
    expect(await store.gone(old.id)).toBeDefined();
    await store.put(old);
    expect(await store.gone(old.id)).toBeUndefined();
    expect(await openStore().gone(old.id)).toBeUndefined();
    expect(await goneFiles()).toEqual([]);
  });

  it("is not told of under any but its own id, or out of a damaged file", async () => {
    const { old } = await dropOne(ANCIENT);
    for (const id of ["s_abcd1234", "", `../${old.id}`]) expect(await openStore().gone(id)).toBeUndefined();
    const left = `${fileOf(old)}.gone`;
    const bytes = await readFile(left);
    for (const damaged of [bytes.subarray(0, -5), Buffer.concat([bytes, bytes]), Buffer.from("x")]) {
      await writeFile(left, damaged);
      expect(await openStore().gone(old.id)).toBeUndefined();
    }
    await writeFile(left, bytes);
    await rename(left, `${fileOf({ ...old, requestKey: OTHER_KEY })}.gone`);
    expect(await openStore().gone(old.id)).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it("leaves nothing behind when it was damaged", async () => {
    const old = make({ taskId: "old", ...ANCIENT });
    await openStore().put(old);
    await damageHeader(old);
    await age(fileOf(old), 100);
    const next = make({ taskId: "next" });
    await openStore().put(next);
    expect(await filesIn("snapshots")).toEqual([toSnapshotFile(next)]);
    expect(problems).toEqual([]);
  });

  it("is forgotten after twice the time a snapshot stays", async () => {
    const { old, next } = await dropOne(ANCIENT);
    await age(`${fileOf(old)}.gone`, 179);
    await openStore().put(next);
    expect(await openStore().gone(old.id)).toBeDefined();
    await age(`${fileOf(old)}.gone`, 181);
    await openStore().put(next);
    expect(await goneFiles()).toEqual([]);
    expect(await openStore().gone(old.id)).toBeUndefined();
  });

  it("is forgotten when 1,000 others went later", async () => {
    const { old, next } = await dropOne(ANCIENT);
    await age(`${fileOf(old)}.gone`, 2);
    const fileAt = (index: number) => `${KEY}.${index.toString(36).padStart(9, "0")}.s_abcd1234.snap.gone`;
    for (let index = 0; index < 1000; index++) await writeFile(path.join(folder, "snapshots", fileAt(index)), "");
    await openStore().put(next);
    const left = await goneFiles();
    expect(left).toHaveLength(1000);
    expect(left).not.toContain(`${toSnapshotFile(old)}.gone`);
  });
});

describe("where the disk fails", () => {
  async function expectMemoryServes(store: ReturnType<typeof openStore>, snapshot: Snapshot) {
    expect(await store.get(snapshot.id)).toBe(snapshot);
    expect(await store.newest(KEY)).toBe(snapshot);
    expect(await store.list()).toEqual([toSnapshotInfo(snapshot)]);
  }

  it("because the folder's place is taken by a file, a snapshot stays in memory", async () => {
    await writeFile(folder, "in the way");
    const [store, snapshot] = [openStore(), make()];
    expect(await store.put(snapshot)).toEqual({ where: "memory", problem: "ENOTDIR" });
    expect(problems).toEqual([{ kind: "not_kept", code: "ENOTDIR" }]);
    await expectMemoryServes(store, snapshot);
    expect(await openStore().get(snapshot.id)).toBeUndefined();
  });

  // The superuser may write everywhere.
  it.skipIf(process.getuid?.() === 0)("because it may not write, a snapshot stays in memory", async () => {
    await mkdir(folder, { mode: 0o500 });
    const [store, snapshot] = [openStore(), make()];
    expect(await store.put(snapshot)).toEqual({ where: "memory", problem: "EACCES" });
    await expectMemoryServes(store, snapshot);
  });

  it("because a snapshot cannot be written down, it stays in memory", async () => {
    const [store, snapshot] = [openStore(), make({ charge: { kind: "reported", usd: Number.NaN } })];
    expect(await store.put(snapshot)).toMatchObject({ where: "memory" });
    await expectMemoryServes(store, snapshot);
    expect(problems).toMatchObject([{ kind: "not_kept" }]);
  });

  it("because the folder vanished, memory answers, and the next snapshot brings it back", async () => {
    const [store, snapshot] = [openStore(), make()];
    await store.put(snapshot);
    await rm(folder, { recursive: true });
    await expectMemoryServes(store, snapshot);
    const next = make({ taskId: "next" });
    expect(await store.put(next)).toEqual({ where: "disk" });
    expect(await filesIn("snapshots")).toEqual([toSnapshotFile(next)]);
    expect(problems).toEqual([]);
  });

  it("because one file cannot be read, the next older answer is given", async () => {
    const [older, newer] = [make({ taskId: "a", fetchedAt: LONG_AGO }), make({ taskId: "b" })];
    await openStore().put(older);
    await mkdir(fileOf(newer));
    expect(await openStore().newest(KEY)).toEqual(older);
    expect(problems).toEqual([{ kind: "damaged", file: toSnapshotFile(newer) }]);
  });

  it.skipIf(process.platform === "win32")("because a pipe stands in a file's place, nobody waits for it", async () => {
    const [older, newer] = [make({ taskId: "a", fetchedAt: LONG_AGO }), make({ taskId: "b" })];
    await openStore().put(older);
    await promisify(execFile)("mkfifo", [fileOf(newer), `${fileOf(newer)}.gone`]);
    expect(await openStore().gone(newer.id)).toBeUndefined();
    expect(await openStore().list("acme.example")).toEqual([toSnapshotInfo(older)]);
    expect(await openStore().list()).toEqual([toSnapshotInfo(older)]);
    expect(await openStore().newest(KEY)).toEqual(older);
    expect(await openStore().put(newer)).toEqual({ where: "disk" });
    expect(problems).toEqual([{ kind: "damaged", file: toSnapshotFile(newer) }]);
  });
});

describe("of many snapshots", () => {
  const ofTarget = (target: string, taskId: string, facts: Parameters<typeof makeSnapshot>[0] = {}) =>
    make({ request: { target }, taskId, ...facts });
  const indexFile = () => path.join(folder, "snapshots.index");

  async function putSome() {
    const store = openStore();
    const all = ["a", "b", "a", "c"].map((name, index) =>
      ofTarget(`${name}.example`, `t${index}`, { fetchedAt: LONG_AGO + index }),
    );
    for (const each of all) await store.put(each);
    return { all, ofA: [all[2], all[0]].map((each) => toSnapshotInfo(each as Snapshot)) };
  }

  it("those of a target are told without opening the others", async () => {
    const { all, ofA } = await putSome();
    // Opened, it would be found damaged, and set aside.
    await damageHeader(all[1] as Snapshot);
    expect(await openStore().list("a.example")).toEqual(ofA);
    expect(await openStore().list("a.example", 1)).toEqual(ofA.slice(0, 1));
    expect(await openStore().list("d.example")).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("the newest are told without opening the others", async () => {
    const { all } = await putSome();
    const newestFirst = all.toReversed().map(toSnapshotInfo);
    expect(await openStore().list(undefined, 2)).toEqual(newestFirst.slice(0, 2));
    const store = openStore();
    const inMemory = await store.get(all[0]?.id ?? "");
    expect(inMemory).toEqual(all[0]);
    expect(await store.list(undefined, 3)).toEqual(newestFirst.slice(0, 3));
    expect(await store.list(undefined, 9)).toEqual(newestFirst);
  });

  it("those dated ahead take no place of others, however few are asked for", async () => {
    const dayMs = (days: number) => Date.now() + days * DAY_MS;
    const ahead = [1, 2, 3].map((days) => ofTarget("a.example", `ahead ${days}`, { fetchedAt: dayMs(days) }));
    const inTime = [1, 2].map((days) => ofTarget("a.example", `past ${days}`, { fetchedAt: dayMs(-days) }));
    for (const each of [...ahead, ...inTime]) await openStore().put(each);
    const store = createDatedStore(openStore(), Date.now);
    const idsOf = async (newest?: number) => (await store.list("a.example", newest)).map(({ id }) => id);
    const all = await idsOf();
    expect(all.slice(0, 2)).toEqual(inTime.map(({ id }) => id));
    expect(all.slice(2).sort()).toEqual(ahead.map(({ id }) => id).sort());
    for (const newest of [1, 2, 3, 4, 5, 6]) expect(await idsOf(newest)).toEqual(all.slice(0, newest));
    expect(await store.newest(inTime[0]?.requestKey ?? "")).toEqual(inTime[0]);
  });

  it("the index is made anew from the files, whatever has become of it", async () => {
    const { ofA } = await putSome();
    const whole = await readFile(indexFile(), "latin1");
    const lines = whole.split("\n");
    const swapped = lines.map((line) => line.replace("a.example", "x.example")).join("\n");
    for (const text of [
      whole,
      "",
      whole.slice(0, 150),
      swapped,
      `torn ${whole}`,
      "\u0000\u00ff\n".repeat(99),
      lines.reverse().join("\n"),
    ]) {
      await writeFile(indexFile(), text, "latin1");
      expect(await openStore().list("a.example")).toEqual(ofA);
      expect(await openStore().list("x.example")).toEqual([]);
    }
    await rm(indexFile());
    await mkdir(indexFile());
    expect(await openStore().list("a.example")).toEqual(ofA);
    expect(problems).toEqual([]);
  });

  it("the index is the owner's alone, and forgets what is gone when it has grown", async () => {
    const { all, ofA } = await putSome();
    expect(await modeOf(indexFile())).toBe("600");
    const [line = ""] = (await readFile(indexFile(), "latin1")).split("\n");
    await writeFile(indexFile(), `${line}\n`.repeat(6000), "latin1");
    expect(await openStore().list("a.example")).toEqual(ofA);
    expect((await readFile(indexFile(), "latin1")).split("\n")).toHaveLength(all.length + 1);
    expect(await modeOf(indexFile())).toBe("600");
  });

  it("what another process puts or removes is seen at once", async () => {
    const { ofA } = await putSome();
    const store = openStore();
    expect(await store.list("a.example")).toEqual(ofA);
    const more = ofTarget("a.example", "more");
    await openStore().put(more);
    expect(await store.list("a.example")).toEqual([toSnapshotInfo(more), ...ofA]);
    await rm(fileOf(more));
    expect(await store.list("a.example")).toEqual(ofA);
    expect(await store.get(more.id)).toBeUndefined();
  });

  it("those who ask at once all see what was there when they asked", async () => {
    const store = openStore();
    const sees = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const own = ofTarget("a.example", `at once ${index}`);
        await openStore().put(own);
        return (await store.list("a.example")).some(({ id }) => id === own.id);
      }),
    );
    expect(sees).toEqual(Array(8).fill(true));
    expect(await store.list("a.example")).toHaveLength(8);
  });

  it("a target that answers could not show is damage, sealed or not", async () => {
    for (const target of ["a.example\nSANDBOX", "a example", "", "<b>", "a".repeat(254)]) {
      expect(await openStore().put(ofTarget(target, "odd"))).toMatchObject({ where: "memory" });
    }
    const odd = ofTarget("a.example", "odd");
    await openStore().put(odd);
    const bytes = await readFile(fileOf(odd));
    const end = bytes.indexOf("\n");
    const line = bytes.toString("utf8", 0, end).replace('"target":"a.example"', '"target":"a.example\\nnot charged"');
    const opening = line.replace(/,"sha256":"[0-9a-f]{64}"\}$/, "");
    const sealed = `${opening},"sha256":"${createHash("sha256").update(opening).digest("hex")}"}`;
    await writeFile(fileOf(odd), Buffer.concat([Buffer.from(sealed), bytes.subarray(end)]));
    problems = [];
    expect(await openStore().list()).toEqual([]);
    expect(problems).toEqual([{ kind: "damaged", file: toSnapshotFile(odd) }]);
  });
});
