import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { examineFolder, type FolderLook } from "../../src/store/examine-folder.ts";
import { startTelling } from "../support/telling-child.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const ROOMS = ["snapshots", "set-aside"];

/** Rights mean nothing to root, so a process looks that is nobody's. */
async function examineUnprivileged(folder: string): Promise<FolderLook> {
  const child = startTelling<FolderLook>([
    process.execPath,
    "--import",
    "tsx",
    "test/support/examine-child.ts",
    folder,
    ...ROOMS,
  ]);
  await child.until(1);
  await child.ended;
  return child.told[0] as FolderLook;
}

function makeFolder({ mode = 0o700 } = {}): string {
  const folder = makeTempFolder();
  chmodSync(folder, 0o755);
  mkdirSync(path.join(folder, "snapshots"), { mode });
  return folder;
}

describe("a folder", () => {
  it("that can be used is fine, and is left as it was", async () => {
    const folder = makeFolder();
    const look = await examineFolder(folder, ROOMS);
    expect(look).toMatchObject({ state: "there", problem: undefined, open: [], strangers: [] });
    expect(look.freeBytes).toBeGreaterThan(0);
    expect([readdirSync(folder), readdirSync(path.join(folder, "snapshots"))]).toEqual([["snapshots"], []]);
  });

  it("that is not there is not made, as long as it could be", async () => {
    const home = makeTempFolder();
    expect(await examineFolder(path.join(home, "a", "b"), ROOMS)).toMatchObject({
      state: "missing",
      problem: undefined,
    });
    expect(readdirSync(home)).toEqual([]);
  });

  it("that is not there and cannot be made is told, with what is in the way", async () => {
    const home = makeTempFolder();
    chmodSync(home, 0o555);
    const look = await examineUnprivileged(path.join(home, "a", "b"));
    expect(look.problem).toEqual({ code: "EACCES", at: home });
  });

  it.each(["", "snapshots"])("whose place a file has taken is told: %s", async (room) => {
    const home = makeTempFolder();
    const file = path.join(home, room === "" ? "file" : room);
    writeFileSync(file, "");
    const look = await examineFolder(room === "" ? file : home, ROOMS);
    expect(look.problem).toEqual({ code: "ENOTDIR", at: file });
  });

  it("below a file is told", async () => {
    const file = path.join(makeTempFolder(), "file");
    writeFileSync(file, "");
    expect((await examineFolder(path.join(file, "cache"), ROOMS)).problem?.code).toBe("ENOTDIR");
  });

  it("that may only be read is told", async () => {
    const folder = makeFolder({ mode: 0o555 });
    chmodSync(path.join(folder, "snapshots"), 0o555);
    const look = await examineUnprivileged(folder);
    expect(look.problem?.code).toBe("EACCES");
  });

  it("that others can look into is told", async () => {
    const folder = makeFolder({ mode: 0o755 });
    chmodSync(path.join(folder, "snapshots"), 0o750);
    expect((await examineFolder(folder, ROOMS)).open).toEqual([path.join(folder, "snapshots")]);
  });

  it("with files that this user cannot use is told, with which", async () => {
    const folder = makeFolder();
    const rooms = [folder, path.join(folder, "snapshots")];
    const mine = path.join(folder, "snapshots", "mine");
    const stranger = path.join(folder, "snapshots", "stranger");
    const books = path.join(folder, "snapshots", "2026-11-24.jsonl");
    writeFileSync(mine, "", { mode: 0o644 });
    writeFileSync(stranger, "", { mode: 0o000 });
    // Can be read, and not be written to.
    writeFileSync(books, "", { mode: 0o444 });
    for (const each of rooms) chmodSync(each, 0o777);
    const look = await examineUnprivileged(folder);
    expect(look.problem).toBeUndefined();
    expect(look.strangers.sort()).toEqual([books, stranger]);
  });
});
