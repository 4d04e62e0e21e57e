import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileLedger } from "../../src/spend/ledger/file-ledger.ts";
import type { Ledger } from "../../src/spend/ledger/ledger.ts";
import { FACTS } from "../support/ledger-facts.ts";

const DAY_MS = 86_400_000;
const BUDGET = 100;

let folder: string;
let clockMs: number;
let ledger: Ledger;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "ledger-"));
  clockMs = Date.UTC(2026, 10, 24, 23, 59, 59);
  ledger = open();
});
afterEach(() => rm(folder, { recursive: true }));

/** The same books, as another process sees them. */
const open = (inFolder = folder) =>
  createFileLedger({ folder: inFolder, dailyBudgetMicros: BUDGET, now: () => clockMs });

const fileOf = (day: string) => path.join(folder, "ledger", `${day}.jsonl`);
const TODAY = "2026-11-24";

describe("the ledger on disk", () => {
  it("is empty before the first purchase, and makes no folder", async () => {
    expect(await ledger.left()).toBe(BUDGET);
    expect(await ledger.days()).toEqual([]);
    expect(await ledger.read()).toEqual({ day: TODAY, purchases: [], countedMicros: 0, unreadableLines: 0 });
    await expect(stat(path.join(folder, "ledger"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("outlives its process", async () => {
    const reservation = await ledger.reserve(FACTS, 60);
    await ledger.settle(reservation, { outcome: "charged", micros: 25, snapshotId: "s_7f3k2m", requestId: "r-1" });
    await ledger.reserve({ ...FACTS, kind: "quote" }, 5);
    expect(await open().left()).toBe(70);
    expect((await open().read()).purchases).toMatchObject([
      { ...FACTS, id: reservation.id, state: "charged", countedMicros: 25, snapshotId: "s_7f3k2m", requestId: "r-1" },
      { kind: "quote", state: "open", countedMicros: 5 },
    ]);
  });

  it.skipIf(process.platform === "win32")("is for its owner's eyes only", async () => {
    await ledger.reserve(FACTS, 1);
    expect((await stat(path.dirname(fileOf(TODAY)))).mode & 0o777).toBe(0o700);
    expect((await stat(fileOf(TODAY))).mode & 0o777).toBe(0o600);
  });

  it("begins anew at midnight, and settles what crosses it on the day before", async () => {
    const reservation = await ledger.reserve(FACTS, BUDGET);
    await expect(ledger.reserve(FACTS, 1)).rejects.toMatchObject({ kind: "budget" });
    clockMs += DAY_MS;
    expect(await ledger.reserve(FACTS, 30)).toMatchObject({ day: "2026-11-25", micros: 30 });
    await ledger.settle(reservation, { outcome: "charged", micros: 40 });
    expect(await ledger.read(TODAY)).toMatchObject({ countedMicros: 40 });
    expect(await ledger.left()).toBe(70);
    expect(await ledger.days()).toEqual(["2026-11-25", TODAY]);
  });

  it("goes on after a torn line, which counts nothing", async () => {
    await ledger.reserve(FACTS, 10);
    const text = await readFile(fileOf(TODAY), "utf8");
    await appendFile(fileOf(TODAY), text.slice(0, 60));
    expect(await ledger.reserve(FACTS, 10)).toMatchObject({ micros: 10 });
    for (const each of [ledger, open()]) {
      expect(await each.read()).toMatchObject({ countedMicros: 20, unreadableLines: 1 });
    }
  });

  it("counts a record only when all of it is there", async () => {
    await ledger.reserve(FACTS, 10);
    const text = (await readFile(fileOf(TODAY), "utf8")).replace(/p_.{4}/, "p_AAAA");
    for (const character of text.slice(0, -1)) {
      await appendFile(fileOf(TODAY), character);
      expect(await ledger.left()).toBe(90);
    }
    await appendFile(fileOf(TODAY), "\n");
    expect(await ledger.left()).toBe(80);
  });

  it("never has more left than the budget, whatever was written into the file", async () => {
    const reservation = await ledger.reserve(FACTS, 10);
    const record = (await readFile(fileOf(TODAY), "utf8")).trim();
    const hostile = [
      record.replace('"micros":10', '"micros":-1000').replace(/p_.{4}/, "p_BBBB"),
      JSON.stringify({ type: "settle", id: reservation.id, at: 1, outcome: "charged", micros: -1000 }),
      JSON.stringify({ type: "settle", id: reservation.id, at: 1, outcome: "not_charged" }),
      record,
    ];
    await appendFile(fileOf(TODAY), hostile.map((line) => `\n${line}\n`).join(""));
    expect(await ledger.left()).toBe(BUDGET);
    expect(await ledger.read()).toMatchObject({ unreadableLines: 3 });
  });

  const CHANGES: readonly [what: string, change: () => Promise<unknown>][] = [
    ["emptied", () => truncate(fileOf(TODAY))],
    ["deleted", () => rm(fileOf(TODAY))],
    ["deleted with its folder", () => rm(path.join(folder, "ledger"), { recursive: true })],
    ["cut in the middle of a record", () => truncate(fileOf(TODAY), 300)],
    ["written anew, and longer", () => writeFile(fileOf(TODAY), "x\n".repeat(5000))],
    ["exchanged for a longer one", exchange],
  ];
  it.each(CHANGES)(
    "spends nothing where the file was %s, in this process and in the next",
    async (_, change) => {
      for (let count = 0; count < 30; count++) await ledger.reserve(FACTS, 1 + (count % 3));
      expect(await ledger.left()).toBe(40);
      const before = await readFile(fileOf(TODAY));
      await change();
      for (const each of [ledger, open(), ledger]) {
        await expect(each.reserve(FACTS, 1000)).rejects.toMatchObject({
          kind: "config",
          message: `The ledger in ${path.join(folder, "ledger")} was emptied, exchanged or deleted: the day had come to $0.00006.`,
          facts: { charge: "not_charged", advice: expect.stringContaining(path.join(folder, "ledger-seen.json")) },
        });
        await expect(each.read()).rejects.toMatchObject({ kind: "config" });
      }
      // Put back, it goes on where it was.
      await mkdir(path.join(folder, "ledger"), { recursive: true });
      await writeFile(fileOf(TODAY), before);
      for (const each of [ledger, open()]) expect(await each.left()).toBe(40);
      // Each record is on the disk before the next one is made.
    },
    30_000,
  );

  it("starts a day anew where whoever may has deleted the note of it", async () => {
    await ledger.reserve(FACTS, 60);
    await rm(fileOf(TODAY));
    await expect(ledger.left()).rejects.toMatchObject({ kind: "config" });
    await rm(path.join(folder, "ledger-seen.json"));
    for (const each of [ledger, open()]) expect(await each.left()).toBe(100);
  });

  it("spends nothing where the books went together with their note, as far as this process knows, until that is deleted again", async () => {
    await ledger.reserve(FACTS, 60);
    expect(await ledger.left()).toBe(40);
    for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true });
    for (const each of [ledger, open(), ledger]) {
      await expect(each.reserve(FACTS, 10)).rejects.toMatchObject({
        kind: "config",
        message: `The ledger in ${path.join(folder, "ledger")} was emptied, exchanged or deleted: the day had come to $0.00006.`,
      });
    }
    await rm(path.join(folder, "ledger-seen.json"));
    for (const each of [ledger, open()]) expect(await each.left()).toBe(100);
  });

  const NO_NOTES: readonly [what: string, put: (file: string) => Promise<unknown>][] = [
    ["is no JSON", (file) => writeFile(file, "{")],
    ["is empty", (file) => writeFile(file, "")],
    [
      "is a folder",
      async (file) => {
        await rm(file, { recursive: true });
        await mkdir(file);
      },
    ],
  ];
  it.each(NO_NOTES)("spends nothing where the books are gone and the note of them %s", async (_, put) => {
    const note = path.join(folder, "ledger-seen.json");
    await ledger.reserve(FACTS, 60);
    await put(note);
    // As long as the books are there, they tell.
    expect(await open().left()).toBe(40);
    await put(note);
    await rm(fileOf(TODAY));
    await expect(open().reserve(FACTS, 10)).rejects.toMatchObject({
      kind: "config",
      message: `The ledger in ${path.join(folder, "ledger")} is empty or not there, and the note of what it had come to cannot be read.`,
      facts: { charge: "not_charged", advice: expect.stringContaining(note) },
    });
    await rm(note, { recursive: true });
    expect(await open().left()).toBe(100);
  });

  it("keeps the note of it elsewhere, and one that cannot be written stands in nobody's way", async () => {
    await writeFile(path.join(folder, "file"), "");
    const seenIn = path.join(folder, "file");
    const apart = createFileLedger({ folder, seenIn, dailyBudgetMicros: BUDGET, now: () => clockMs });
    await apart.reserve(FACTS, 60);
    expect(await apart.left()).toBe(40);
    expect((await readdir(folder)).sort()).toEqual(["file", "ledger"]);
  });

  /** Puts other books in place, with as much spent in more records. */
  async function exchange(): Promise<void> {
    const elsewhere = path.join(folder, "elsewhere");
    for (let count = 0; count < 35; count++) await open(elsewhere).reserve(FACTS, 1);
    await rename(path.join(elsewhere, "ledger", `${TODAY}.jsonl`), fileOf(TODAY));
  }

  it("does not race itself: one process writes no reservation that does not count", async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => ledger.reserve(FACTS, 7)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(15);
    expect((await readFile(fileOf(TODAY), "utf8")).match(/[^\n]+/g)).toHaveLength(15);
  });

  it("lists days that have books, newest first, and nothing else in the folder", async () => {
    for (const day of ["2026-11-22", "2026-11-23", TODAY]) {
      clockMs = Date.parse(`${day}T12:00:00Z`);
      await ledger.reserve(FACTS, 1);
    }
    for (const name of ["notes.txt", "2026-02-30.jsonl", "x.jsonl"]) {
      await writeFile(path.join(folder, "ledger", name), "");
    }
    expect(await ledger.days()).toEqual([TODAY, "2026-11-23", "2026-11-22"]);
  });

  it("reads no file outside its folder", async () => {
    await expect(ledger.read("../../secret")).rejects.toThrow(RangeError);
  });

  it("says which folder cannot be used, whatever it was to be used for", async () => {
    await writeFile(path.join(folder, "file"), "");
    const blocked = open(path.join(folder, "file"));
    const settled = blocked.settle({ id: "p_1", day: TODAY, micros: 1 }, { outcome: "unknown" });
    await expect(settled).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining("cannot be written"),
    });
    for (const call of [() => blocked.left(), () => blocked.read(), () => blocked.days()]) {
      const message = `The ledger in ${path.join(folder, "file", "ledger")} cannot be read (ENOTDIR).`;
      await expect(call()).rejects.toMatchObject({ kind: "config", message, facts: { advice: expect.any(String) } });
    }
    await expect(blocked.reserve(FACTS, 1)).rejects.toMatchObject({
      kind: "config",
      facts: { charge: "not_charged", advice: expect.stringContaining("DOMAIN_PAGES_CACHE_DIR") },
    });
  });

  it.runIf(process.platform === "linux")("spends nothing on a full disk", async () => {
    await mkdir(path.join(folder, "ledger"));
    await symlink("/dev/full", fileOf(TODAY));
    await expect(ledger.reserve(FACTS, 1)).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining("cannot be written (ENOSPC)"),
      facts: { charge: "not_charged" },
    });
  });

  it("says that a call was not sent only where it was not", async () => {
    await writeFile(path.join(folder, "ledger"), "");
    const failure: unknown = await ledger
      .settle({ id: "p_1", day: TODAY, micros: 1 }, { outcome: "unknown" })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "config" });
    expect(failure).not.toHaveProperty("facts.charge");
  });
});
