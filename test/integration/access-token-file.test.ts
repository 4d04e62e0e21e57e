import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { changeTokenFile, readTokenEntries } from "../../src/access/change-token-file.ts";
import type { TokenEntry } from "../../src/access/token-file.ts";
import { createStaticToken, toTokenDigest } from "../../src/access/token-file.ts";
import { takeTurn } from "../../src/disk/turn.ts";
import { makeTempFolder } from "../support/temp-home.ts";

function make(name: string): TokenEntry {
  const { id, token } = createStaticToken();
  return {
    id,
    name,
    sha256: toTokenDigest(token).toString("hex"),
    scopes: ["pages:read"],
    tenant: null,
    daily_budget_usd: null,
    calls_per_minute: null,
    created: "2026-11-24T09:00:00.000Z",
    expires: null,
  };
}

const newFile = () => path.join(makeTempFolder(), "tokens.json");
const add = (file: string, name: string) => changeTokenFile(file, (entries) => [...entries, make(name)]);
const namesIn = async (file: string) => (await readTokenEntries(file)).map(({ name }) => name);

describe("changing a token file", () => {
  it("makes it and its folder, for its owner alone, and leaves nothing else there", async () => {
    const file = path.join(makeTempFolder(), "a", "tokens.json");
    await add(file, "alice");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    expect(await readdir(path.dirname(file))).toEqual(["tokens.json"]);
    expect(await namesIn(file)).toEqual(["alice"]);
  });

  it.each([
    [0o644, 0o644],
    [0o640, 0o640],
    [0o660, 0o660],
    [0o400, 0o400],
    [0o666, 0o664],
  ])("keeps its mode (%o becomes %o), so that whoever reads it goes on reading it", async (mode, kept) => {
    const file = newFile();
    await add(file, "alice");
    await chmod(file, mode);
    await add(file, "bob");
    expect((await stat(file)).mode & 0o777).toBe(kept);
    expect(await namesIn(file)).toEqual(["alice", "bob"]);
  });

  it.skipIf(process.getuid?.() !== 0)("leaves the file to its owner when root changes it", async () => {
    const file = newFile();
    await add(file, "alice");
    await promisify(execFile)("chown", ["12345:12346", file]);
    await add(file, "bob");
    expect(await stat(file)).toMatchObject({ uid: 12345, gid: 12346 });
  });

  it("changes the file behind a link and keeps the link", async () => {
    const folder = makeTempFolder();
    const [file, link] = [path.join(folder, "real.json"), path.join(folder, "link.json")];
    await add(file, "alice");
    await symlink("real.json", link);
    await add(link, "bob");
    expect(await namesIn(file)).toEqual(["alice", "bob"]);
    expect((await readdir(folder)).sort()).toEqual(["link.json", "real.json"]);
  });

  it("leaves it as it was when the change is refused", async () => {
    const file = newFile();
    await add(file, "alice");
    const before = await readFile(file);
    const no = new Error("no");
    await expect(
      changeTokenFile(file, () => {
        throw no;
      }),
    ).rejects.toBe(no);
    await expect(add(file, "alice")).rejects.toMatchObject({ kind: "config" });
    expect(await readFile(file)).toEqual(before);
    expect(await readdir(path.dirname(file))).toEqual(["tokens.json"]);
  });

  it("does not write over a file that it cannot read", async () => {
    const file = newFile();
    await writeFile(file, "mine");
    await expect(add(file, "alice")).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining("not JSON"),
    });
    expect(await readFile(file, "utf8")).toBe("mine");
  });

  it("says when the place takes no file", async () => {
    const file = newFile();
    await writeFile(file, "");
    const error = await add(path.join(file, "below.json"), "alice").catch((thrown) => thrown);
    expect(error).toMatchObject({
      kind: "config",
      message: expect.stringMatching(/cannot be written \((ENOTDIR|EEXIST)\)/),
    });
  });

  it("refuses to let it grow past what is read", async () => {
    const file = newFile();
    const many = Array.from({ length: 5000 }, (_, index) => make(`t${index}`));
    await expect(changeTokenFile(file, () => many)).rejects.toThrow("would be larger");
  });

  it("loses no change among many at once", async () => {
    const file = newFile();
    const names = Array.from({ length: 12 }, (_, index) => `t${index}`);
    await Promise.all(names.map((name) => add(file, name)));
    expect((await namesIn(file)).sort()).toEqual(names.sort());
  });

  it("loses no change among processes", async () => {
    const file = newFile();
    const child = fileURLToPath(new URL("access-token-child.ts", import.meta.url));
    const run = (prefix: string) =>
      promisify(execFile)(process.execPath, ["--import", "tsx", child, file, prefix, "5"]);
    await Promise.all(["a", "b", "c"].map(run));
    expect(await namesIn(file)).toHaveLength(15);
  }, 60_000);

  it("takes over the lock of a command that was killed", async () => {
    const file = newFile();
    const child = fork(fileURLToPath(new URL("access-token-child.ts", import.meta.url)), [file, "hold", "0"], {
      execArgv: ["--import", "tsx"],
    });
    await once(child, "message");
    child.kill("SIGKILL");
    await once(child, "exit");
    await Promise.all(["a", "b", "c"].map((name) => add(file, name)));
    expect((await namesIn(file)).sort()).toEqual(["a", "b", "c"]);
    expect(await readdir(path.dirname(file))).toEqual(["tokens.json"]);
  }, 60_000);

  it("takes over the lock of an earlier version, whatever its date", async () => {
    const file = newFile();
    await mkdir(`${file}.lock`);
    const ahead = new Date(Date.now() + 365 * 86_400_000);
    await utimes(`${file}.lock`, ahead, ahead);
    await changeTokenFile(file, (entries) => [...entries], { quietMs: 50 });
    expect(await readdir(path.dirname(file))).toEqual(["tokens.json"]);
  });

  it("gives up on a lock that is held, and says what to do", async () => {
    const file = newFile();
    const turn = await takeTurn({ folder: path.dirname(file), name: path.basename(file) });
    const error = await changeTokenFile(file, () => [], { waitMs: 50 }).catch((thrown) => thrown);
    expect(error).toMatchObject({
      kind: "unavailable",
      message: `Another process (pid ${process.pid}) is changing ${file} and does not finish.`,
      facts: { advice: expect.stringMatching(/^If there is none, remove .+\.turn\.$/) },
    });
    await turn.end();
  });
});
