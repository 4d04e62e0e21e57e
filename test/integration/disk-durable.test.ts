import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { replaceFile } from "../../src/disk/durable.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

describe("replacing a file", () => {
  it("leaves it to its owner alone, whoever could read it before", async () => {
    const file = path.join(makeTempFolder(), "kept");
    await writeFile(file, "old", { mode: 0o644 });
    await replaceFile(file, Buffer.from("new"));
    expect(await readFile(file, "utf8")).toBe("new");
    expect(await modeOf(file)).toBe(0o600);
  });

  it.each([
    [0o644, 0o644],
    [0o666, 0o664],
  ])("keeps who may read it where it is told to: %o becomes %o", async (mode, kept) => {
    const file = path.join(makeTempFolder(), "kept");
    await writeFile(file, "old");
    await chmod(file, mode);
    await replaceFile(file, Buffer.from("new"), { keepsAccess: true });
    expect(await modeOf(file)).toBe(kept);
  });

  it("makes a new one for its owner alone, told to keep who may read it or not", async () => {
    const file = path.join(makeTempFolder(), "kept");
    await replaceFile(file, Buffer.from("new"), { keepsAccess: true });
    expect(await modeOf(file)).toBe(0o600);
  });

  it("puts it in the place of a link and leaves alone what that points to", async () => {
    const folder = makeTempFolder();
    const [file, other] = [path.join(folder, "kept"), path.join(folder, "other")];
    await writeFile(other, "of somebody else");
    await symlink(other, file);
    await replaceFile(file, Buffer.from("new"));
    expect(await readFile(other, "utf8")).toBe("of somebody else");
    expect(await readFile(file, "utf8")).toBe("new");
  });

  it("leaves nothing behind when it fails", async () => {
    const folder = makeTempFolder();
    const file = path.join(folder, "kept");
    await mkdir(path.join(file, "full"), { recursive: true });
    await expect(replaceFile(file, Buffer.from("new"))).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["kept"]);
    expect(await readdir(file)).toEqual(["full"]);
  });
});
