import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as settled } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createTokenBook } from "../../../src/access/token-book.ts";
import type { TokenOptions } from "../../../src/cli/token.ts";
import { runToken } from "../../../src/cli/token.ts";
import { AppError, describeFailure } from "../../../src/errors.ts";
import { makeTempFolder } from "../../support/temp-home.ts";
import { createTestIo } from "../../support/test-io.ts";

function open() {
  const file = path.join(makeTempFolder(), "tokens.json");
  const type = async (operands: string[], options: TokenOptions = {}) => {
    const io = createTestIo([]);
    await runToken({ operands, options, file }, io);
    await settled();
    return { stdout: io.written("stdout"), stderr: io.written("stderr") };
  };
  const refusal = async (operands: string[], options?: TokenOptions): Promise<string> => {
    const error = await type(operands, options).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error.kind).toBe("input");
    return describeFailure(error);
  };
  return { file, type, refusal };
}

describe("token create", () => {
  it("prints the token alone, once, and says beside it what was made", async () => {
    const { file, type } = open();
    const { stdout, stderr } = await type(["create", "alice"]);
    expect(stdout).toMatch(/^dpm_[0-9a-z]{8}_[A-Za-z0-9_-]{43}\n$/);
    expect(stderr).toBe(
      `Made token alice in ${file}: scopes pages:read, snapshots:read; a tenant of its own; no budget of its own; ` +
        "does not expire.\nIt is shown this once: only its hash is kept. Running servers take it at once.\n",
    );
    expect(await readFile(file, "utf8")).not.toContain(stdout.trim().slice(13));
  });

  it("makes a token that the server takes, with all that was asked for", async () => {
    const { file, type } = open();
    const { stdout, stderr } = await type(["create", "ci@build-1.x_y"], {
      scopes: "snapshots:read, metrics:read",
      tenant: "team-a",
      budget: "2.50",
      "per-minute": "30",
      "expires-days": "7",
    });
    expect(stderr).toContain(
      "tenant team-a; at most $2.5 a day; at most 30 calls a minute; expires 2026-12-01T09:30:00",
    );
    const now = Date.UTC(2026, 10, 24, 9, 30);
    const check = await createTokenBook({ file: { path: file, isNamed: true }, now: () => now, onProblem: () => {} });
    expect(await check(stdout.trim())).toEqual({
      name: "token:ci@build-1.x_y",
      tenant: "tenant:team-a",
      scopes: new Set(["snapshots:read", "metrics:read"]),
      dailyBudgetUsd: 2.5,
      callsPerMinute: 30,
      expiresAt: now / 1000 + 7 * 86_400,
    });
  });

  it("refuses a name that is taken, and leaves that token as it was", async () => {
    const { file, type, refusal } = open();
    await type(["create", "alice"]);
    const before = await readFile(file);
    expect(await refusal(["create", "alice"])).toContain("There is a token named alice");
    expect(await readFile(file)).toEqual(before);
  });

  it.each([
    [
      { scopes: "pages:read,all" },
      '--scopes takes pages:read, snapshots:read, metrics:read, separated by commas, got "all"',
    ],
    [{ scopes: "" }, "--scopes takes"],
    [{ tenant: "" }, "--tenant takes a name of 1 to 200 visible characters"],
    [{ tenant: "a b" }, "--tenant takes"],
    [{ budget: "-1" }, "--budget takes an amount in US dollars such as 2.5, 0 to 1000000"],
    [{ budget: "1e3" }, "--budget takes"],
    [{ budget: "" }, "--budget takes"],
    [{ "per-minute": "0" }, "--per-minute takes a whole number, 1 to 10000"],
    [{ "per-minute": "1.5" }, "--per-minute takes"],
    [{ "expires-days": "0" }, "--expires-days takes a whole number, 1 to 3650"],
    [{ "expires-days": "soon" }, "--expires-days takes"],
    [{ json: true }, '--json does not go with "token create"'],
  ])("refuses %j", async (options, words) => {
    const { file, refusal } = open();
    expect(await refusal(["create", "alice"], options)).toContain(words);
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  });

  it.each(["", "a b", "ä", "x".repeat(65), "a/b", `dpm_abcdefgh_${"S".repeat(43)}`])(
    "refuses the name %j without repeating it",
    async (name) => {
      const words = await open().refusal(["create", name]);
      expect(words).toContain("a token's name is 1 to 64 of");
      expect(words).not.toContain("SSS");
    },
  );
});

describe("token list", () => {
  it("shows every token and no secret", async () => {
    const { type, file } = open();
    const made = [
      await type(["create", "alice"]),
      await type(["create", "bob"], { tenant: "team-a", budget: "2.5", "per-minute": "30", "expires-days": "1" }),
    ];
    const { stdout, stderr } = await type(["list"]);
    expect(stdout.replaceAll(/\b[0-9a-z]{8}\b(?= )/g, "########")).toMatchInlineSnapshot(`
      "name   id        scopes                     tenant   usd/day  calls/min  created     expires
      alice  ########  pages:read,snapshots:read  its own  -        -          2026-11-24  never
      bob    ########  pages:read,snapshots:read  team-a   $2.5     30         2026-11-24  2026-11-25
      "
    `);
    expect(stderr).toBe("");
    const asJson = (await type(["list"], { json: true })).stdout;
    expect(JSON.parse(asJson)).toMatchObject({ file, tokens: [{ name: "alice" }, { name: "bob", is_expired: false }] });
    const kept = JSON.parse(await readFile(file, "utf8")).tokens.map(({ sha256 }: { sha256: string }) => sha256);
    for (const secret of [...kept, ...made.map((each) => each.stdout.trim())]) {
      expect(stdout + asJson).not.toContain(secret);
    }
  });

  it("marks the ones that have expired", async () => {
    const { type, file } = open();
    await type(["create", "alice"], { "expires-days": "1" });
    await writeFile(file, (await readFile(file, "utf8")).replace("2026-11-25T", "2026-11-23T"));
    expect((await type(["list"])).stdout).toContain("2026-11-23 (expired)");
    expect((await type(["list"], { json: true })).stdout).toContain('"is_expired": true');
  });

  it("says when there are none", async () => {
    const { type, file } = open();
    expect((await type(["list"])).stdout).toBe(`No tokens in ${file}.\n`);
    expect(JSON.parse((await type(["list"], { json: true })).stdout)).toEqual({ file, tokens: [] });
  });
});

describe("token revoke", () => {
  it("takes the token out of the file", async () => {
    const { type, file } = open();
    await type(["create", "alice"]);
    await type(["create", "bob"]);
    const { stdout, stderr } = await type(["revoke", "alice"]);
    expect(stdout).toBe("");
    expect(stderr).toBe(`Revoked token alice in ${file}. Running servers refuse it within a second.\n`);
    const { tokens } = JSON.parse((await type(["list"], { json: true })).stdout);
    expect(tokens.map(({ name }: { name: string }) => name)).toEqual(["bob"]);
  });

  it("names the known ones when there is none of that name", async () => {
    const { type, refusal, file } = open();
    expect(await refusal(["revoke", "alice"])).toBe(`There is no token named alice in ${file}. It holds none.`);
    await type(["create", "bob"]);
    await type(["create", "carol"]);
    expect(await refusal(["revoke", "alice"])).toContain("It holds bob, carol.");
  });

  it("does not repeat a token that was pasted for its name", async () => {
    const { type, refusal } = open();
    const { stdout } = await type(["create", "alice"]);
    const words = await refusal(["revoke", stdout.trim()]);
    expect(words).toContain("There is no token of that name");
    expect(words).not.toContain(stdout.trim().slice(4, 12));
  });
});

describe("token", () => {
  it.each([
    [[], '"token" is followed by create, list, revoke'],
    [["make"], '"token" is followed by'],
    [["create"], "it is `token create NAME`"],
    [["create", "a", "b"], "it is `token create NAME`"],
    [["list", "a"], "it is `token list`"],
    [["revoke"], "it is `token revoke NAME`"],
  ])("refuses %j", async (operands, words) => {
    expect(await open().refusal(operands)).toContain(words);
  });

  it("refuses a bad file, and does not write over it", async () => {
    const { file, type } = open();
    await writeFile(file, "{}");
    for (const operands of [["list"], ["create", "alice"], ["revoke", "alice"]]) {
      await expect(type(operands)).rejects.toMatchObject({ kind: "config" });
    }
    expect(await readFile(file, "utf8")).toBe("{}");
  });
});
