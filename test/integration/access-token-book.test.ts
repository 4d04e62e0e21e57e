import { execFile } from "node:child_process";
import { timingSafeEqual } from "node:crypto";
import { chmod, mkdir, open as openFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { changeTokenFile } from "../../src/access/change-token-file.ts";
import { AccessDenied } from "../../src/access/principal.ts";
import type { TokenFileProblem } from "../../src/access/token-book.ts";
import { createTokenBook, type TokenBookDeps } from "../../src/access/token-book.ts";
import { createStaticToken, renderTokenEntries, type TokenEntry, toTokenDigest } from "../../src/access/token-file.ts";
import { AppError } from "../../src/errors.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const NOW = Date.UTC(2026, 10, 24, 9, 30);
const isRoot = process.getuid?.() === 0;

function make(name: string, more: Partial<TokenEntry> = {}): { token: string; entry: TokenEntry } {
  const { id, token } = createStaticToken();
  const entry: TokenEntry = {
    id,
    name,
    sha256: toTokenDigest(token).toString("hex"),
    scopes: ["pages:read", "snapshots:read"],
    tenant: null,
    daily_budget_usd: null,
    calls_per_minute: null,
    created: "2026-11-24T09:00:00.000Z",
    expires: null,
    ...more,
  };
  return { token, entry };
}

/** A book over a file in a folder of its own, its clock in our hands. */
async function open(entries: readonly TokenEntry[] | undefined, more: Partial<TokenBookDeps> = {}) {
  const file = path.join(makeTempFolder(), "tokens.json");
  const write = (now: readonly TokenEntry[]) => writeFile(file, renderTokenEntries(now), { mode: 0o600 });
  if (entries !== undefined) await write(entries);
  let time = NOW;
  const problems: TokenFileProblem[] = [];
  const check = await createTokenBook({
    file: { path: file, isNamed: entries !== undefined },
    now: () => time,
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
  const pass = (ms: number) => {
    time += ms;
  };
  const nameOf = (token: string): Promise<string> =>
    check(token).then(
      ({ name }) => name,
      (error) => {
        if (error instanceof AccessDenied) return `denied: ${error.problem}`;
        throw error;
      },
    );
  return { file, write, check, nameOf, pass, problems };
}

const refusal = async (call: Promise<unknown>): Promise<AppError> => {
  const error = await call.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
};

describe("a static token", () => {
  it("says who the caller is", async () => {
    const alice = make("alice", {
      tenant: "team-a",
      daily_budget_usd: 2.5,
      calls_per_minute: 30,
      expires: "2026-12-24T09:30:00.900Z",
    });
    const { check } = await open([alice.entry]);
    expect(await check(alice.token)).toEqual({
      name: "token:alice",
      tenant: "tenant:team-a",
      scopes: new Set(["pages:read", "snapshots:read"]),
      dailyBudgetUsd: 2.5,
      callsPerMinute: 30,
      expiresAt: Date.UTC(2026, 11, 24, 9, 30) / 1000,
    });
  });

  it("is a tenant of its own where none was named, not the tenant of that name", async () => {
    const [alice, bob] = [make("alice"), make("bob", { tenant: "token:alice" })];
    const { check } = await open([alice.entry, bob.entry]);
    expect((await check(alice.token)).tenant).toBe("token:alice");
    expect((await check(bob.token)).tenant).toBe("tenant:token:alice");
  });

  it("is denied when one character is another, by its id or by its secret", async () => {
    const alice = make("alice");
    const { nameOf } = await open([alice.entry]);
    const flip = (at: number) => {
      const other = alice.token[at] === "x" ? "y" : "x";
      return alice.token.slice(0, at) + other + alice.token.slice(at + 1);
    };
    for (const at of [4, 11, 13, 30, 55]) expect(await nameOf(flip(at))).toBe("denied: invalid");
    expect(await nameOf(alice.token)).toBe("token:alice");
  });

  it("of another server's file is denied", async () => {
    const { nameOf } = await open([make("alice").entry]);
    expect(await nameOf(make("alice").token)).toBe("denied: invalid");
  });

  it("is denied from the moment it expires, without a look at the file", async () => {
    const alice = make("alice", { expires: "2026-11-24T09:30:00.500Z" });
    const { nameOf, check, pass } = await open([alice.entry]);
    pass(499);
    expect(await nameOf(alice.token)).toBe("token:alice");
    pass(1);
    const error = await check(alice.token).catch((thrown) => thrown);
    expect(error).toMatchObject({ problem: "invalid", message: "the static token of token:alice has expired" });
  });

  it("is compared once and over 32 bytes by whatever id it comes, known or not", async () => {
    const alice = make("alice");
    const compared: number[][] = [];
    const isSameDigest = (a: Buffer, b: Buffer) => {
      compared.push([a.length, b.length]);
      return timingSafeEqual(a, b);
    };
    const { nameOf } = await open([alice.entry], { isSameDigest });
    const countFor = async (token: string) => {
      compared.length = 0;
      await nameOf(token);
      return compared.slice();
    };
    const wrongSecret = alice.token.slice(0, -43) + "A".repeat(43);
    const unknownId = make("bob").token;
    expect(await countFor(wrongSecret)).toEqual(await countFor(unknownId));
    expect(await countFor(unknownId)).toEqual([
      [32, 32],
      [32, 32],
    ]);
    expect(await countFor(alice.token)).toEqual([[32, 32]]);
  });

  it("leaves no part of itself in what is thrown", async () => {
    const { check } = await open([make("alice").entry]);
    for (const token of [make("bob").token, "dpm_short", `dpm_${"x".repeat(100)}`]) {
      const error: Error = await check(token).catch((thrown) => thrown);
      expect(`${error.stack}`).not.toContain(token.slice(4, 9));
    }
  });
});

describe("a token file that changes while the server runs", () => {
  it("lets a new token in at once", async () => {
    const [alice, bob] = [make("alice"), make("bob")];
    const { nameOf, write, pass } = await open([alice.entry]);
    await write([alice.entry, bob.entry]);
    pass(100);
    expect(await nameOf(bob.token)).toBe("token:bob");
  });

  it("keeps a revoked token out within a second", async () => {
    const [alice, bob] = [make("alice"), make("bob")];
    const { nameOf, write, pass } = await open([alice.entry, bob.entry]);
    await write([bob.entry]);
    pass(1000);
    expect(await nameOf(alice.token)).toBe("denied: invalid");
    expect(await nameOf(bob.token)).toBe("token:bob");
  });

  it("is not looked at for each made-up token", async () => {
    const [alice, bob] = [make("alice"), make("bob")];
    const { nameOf, write, pass } = await open([alice.entry]);
    await write([alice.entry, bob.entry]);
    pass(99);
    expect(await nameOf(bob.token)).toBe("denied: invalid");
    pass(1);
    expect(await nameOf(bob.token)).toBe("token:bob");
  });

  it("may be replaced by another file of the same size and time", async () => {
    const [alice, bob] = [make("alice"), make("bobby")];
    const { nameOf, file, pass } = await open([alice.entry]);
    const when = new Date(NOW - 60_000);
    await utimes(file, when, when);
    pass(1000);
    expect(await nameOf(alice.token)).toBe("token:alice");
    await writeFile(`${file}.new`, renderTokenEntries([bob.entry]), { mode: 0o600 });
    await utimes(`${file}.new`, when, when);
    await rename(`${file}.new`, file);
    pass(1000);
    expect(await nameOf(alice.token)).toBe("denied: invalid");
    expect(await nameOf(bob.token)).toBe("token:bobby");
  });

  it("is followed through a link that is turned, as secrets are mounted in a cluster", async () => {
    const [alice, bob] = [make("alice"), make("bob")];
    const folder = makeTempFolder();
    for (const [name, { entry }] of Object.entries({ one: alice, two: bob })) {
      await mkdir(path.join(folder, name));
      await writeFile(path.join(folder, name, "tokens.json"), renderTokenEntries([entry]), { mode: 0o600 });
    }
    const link = path.join(folder, "current");
    await symlink("one", link);
    const { nameOf, pass } = await open([], { file: { path: path.join(link, "tokens.json"), isNamed: true } });
    expect(await nameOf(alice.token)).toBe("token:alice");
    await symlink("two", `${link}.new`);
    await rename(`${link}.new`, link);
    pass(1000);
    expect(await nameOf(alice.token)).toBe("denied: invalid");
    expect(await nameOf(bob.token)).toBe("token:bob");
  });

  it("is read again although the clock was set back", async () => {
    const alice = make("alice");
    const { nameOf, write, pass } = await open([alice.entry]);
    pass(-3_600_000);
    await write([]);
    expect(await nameOf(alice.token)).toBe("denied: invalid");
  });

  it("answers many callers at a time alike", async () => {
    const [alice, bob] = [make("alice"), make("bob")];
    const { nameOf, write, pass } = await open([alice.entry]);
    await write([bob.entry]);
    pass(1000);
    const names = await Promise.all(
      Array.from({ length: 50 }, (_, index) => nameOf(index % 2 ? alice.token : bob.token)),
    );
    expect(new Set(names)).toEqual(new Set(["token:bob", "denied: invalid"]));
  });
});

describe("a token file that goes bad while the server runs", () => {
  const bads: [string, (file: string) => Promise<void>, RegExp][] = [
    ["half written", (file) => writeFile(file, '{"version":1,"tok'), /is not JSON/],
    ["empty", (file) => writeFile(file, ""), /is not JSON/],
    ["not UTF-8", (file) => writeFile(file, Buffer.from([0x7b, 0xff, 0xfe])), /is not UTF-8/],
    ["of another form", (file) => writeFile(file, '{"version":2,"tokens":[]}'), /version must be 1/],
    ["too large", (file) => writeFile(file, " ".repeat(1_048_577)), /more than 1048576 bytes/],
    [
      "a folder",
      async (file) => {
        await rm(file);
        await mkdir(file);
      },
      /is not a file|EISDIR/,
    ],
  ];

  it.each(bads)("because it is %s keeps its last good state and says so once", async (_name, spoil, words) => {
    const alice = make("alice");
    const { nameOf, file, write, pass, problems } = await open([alice.entry]);
    await spoil(file);
    for (let count = 0; count < 3; count += 1) {
      pass(1000);
      expect(await nameOf(alice.token)).toBe("token:alice");
    }
    expect(problems).toEqual([{ kind: "kept", message: expect.stringMatching(words) }]);
    await rm(file, { recursive: true });
    await write([]);
    pass(1000);
    expect(await nameOf(alice.token)).toBe("denied: invalid");
    await writeFile(file, "bad again");
    pass(1000);
    await nameOf(alice.token);
    expect(problems).toHaveLength(2);
  });

  it.skipIf(isRoot)("because it cannot be read keeps its last good state", async () => {
    const alice = make("alice");
    const { nameOf, file, pass, problems } = await open([alice.entry]);
    await chmod(file, 0);
    pass(1000);
    expect(await nameOf(alice.token)).toBe("token:alice");
    expect(problems).toEqual([{ kind: "kept", message: expect.stringContaining("EACCES") }]);
  });

  it("because it names a token twice that came as text keeps its last good state", async () => {
    const [alice, bob] = [make("alice"), make("bob")];
    const text = { value: renderTokenEntries([alice.entry]), from: "DOMAIN_PAGES_TOKENS" };
    const { nameOf, write, pass, problems } = await open([bob.entry], { text });
    await write([make("alice").entry]);
    pass(1000);
    expect(await nameOf(bob.token)).toBe("token:bob");
    expect(problems).toEqual([{ kind: "kept", message: expect.stringContaining("the name alice") }]);
  });

  it("shows in its problems nothing of what it holds", async () => {
    const alice = make("alice");
    const { nameOf, file, pass, problems } = await open([alice.entry]);
    for (const text of [alice.token, `{"version":1,"tokens":["${alice.token}"]}`, `{"${alice.token}":1}`]) {
      await writeFile(file, text);
      pass(1000);
      await nameOf(alice.token);
    }
    expect(problems.length).toBeGreaterThan(1);
    expect(JSON.stringify(problems)).not.toContain(alice.entry.id);
  });

  it("by being taken away revokes all it held, until it is back", async () => {
    const alice = make("alice");
    const { nameOf, file, write, pass, problems } = await open([alice.entry]);
    await rm(file);
    for (let count = 0; count < 3; count += 1) {
      pass(1000);
      expect(await nameOf(alice.token)).toBe("denied: invalid");
    }
    expect(problems).toEqual([{ kind: "gone", message: expect.stringContaining("are revoked until it is back") }]);
    await write([alice.entry]);
    pass(100);
    expect(await nameOf(alice.token)).toBe("token:alice");
  });

  it.skipIf(process.platform !== "linux")(
    "by being replaced where it is mounted alone revokes all it held, and says what to mount",
    async () => {
      const [alice, bob] = [make("alice"), make("bob")];
      const real = path.join(makeTempFolder(), "tokens.json");
      await writeFile(real, renderTokenEntries([alice.entry, bob.entry]), { mode: 0o600 });
      // As a mount of one file does, this path leads to the same file whatever becomes of its name.
      const mounted = await openFile(real);
      const file = { path: `/proc/self/fd/${mounted.fd}`, isNamed: true };
      const { nameOf, pass, problems } = await open(undefined, { file });
      expect(await nameOf(bob.token)).toBe("token:bob");
      await changeTokenFile(real, (entries) => entries.filter(({ name }) => name !== "bob"));
      for (let count = 0; count < 3; count += 1) {
        pass(1000);
        expect([await nameOf(bob.token), await nameOf(alice.token)]).toEqual(["denied: invalid", "denied: invalid"]);
      }
      expect(problems).toEqual([{ kind: "gone", message: expect.stringContaining("Mount the folder that holds it") }]);
      await mounted.close();
    },
  );

  it("by losing its folder revokes all it held", async () => {
    const alice = make("alice");
    const { nameOf, file, pass } = await open([alice.entry]);
    await rm(path.dirname(file), { recursive: true });
    await writeFile(path.dirname(file), "");
    pass(1000);
    expect(await nameOf(alice.token)).toBe("denied: invalid");
  });
});

describe("the start", () => {
  it("fails when a file that was asked for is not there, and does not when it was not", async () => {
    const file = path.join(makeTempFolder(), "tokens.json");
    const deps = { now: () => NOW, onProblem: () => {} };
    const error = await refusal(createTokenBook({ ...deps, file: { path: file, isNamed: true } }));
    expect(error).toMatchObject({ kind: "config", message: `${file}: there is no such token file` });
    const alice = make("alice");
    const { nameOf, write, pass } = await open(undefined);
    expect(await nameOf(alice.token)).toBe("denied: invalid");
    await write([alice.entry]);
    pass(100);
    expect(await nameOf(alice.token)).toBe("token:alice");
  });

  const start = (file: string) =>
    createTokenBook({ file: { path: file, isNamed: false }, now: () => NOW, onProblem: () => {} });

  it.skipIf(process.platform === "win32")("does not wait for a pipe's writer", async () => {
    const pipe = path.join(makeTempFolder(), "pipe");
    await promisify(execFile)("mkfifo", [pipe]);
    expect((await refusal(start(pipe))).message).toMatch(/is not a file/);
  });

  it("fails when the file is bad, is a folder, or too large", async () => {
    const folder = makeTempFolder();
    expect((await refusal(start(folder))).message).toMatch(/is not a file/);
    const file = path.join(folder, "t.json");
    await writeFile(file, "{}");
    expect((await refusal(start(file))).message).toMatch(/version must be 1/);
    await writeFile(file, " ".repeat(1_048_577));
    expect((await refusal(start(file))).message).toMatch(/more than 1048576 bytes/);
  });

  it("fails when the text is bad, naming where it came from", async () => {
    const text = { value: "dpm_secret", from: "DOMAIN_PAGES_TOKENS" };
    const started = createTokenBook({ text, now: () => NOW, onProblem: () => {} });
    expect((await refusal(started)).message).toMatch(/^DOMAIN_PAGES_TOKENS: is not JSON/);
  });

  it("fails when file and text name the same token", async () => {
    const alice = make("alice");
    const text = { value: renderTokenEntries([alice.entry]), from: "DOMAIN_PAGES_TOKENS" };
    const error = await refusal(open([make("alice").entry], { text }));
    expect(error.message).toMatch(/tokens\.json and DOMAIN_PAGES_TOKENS: two tokens have the name alice/);
  });

  it("takes the tokens of file and text together, and of the text alone", async () => {
    const [alice, bob] = [make("alice"), make("bob")];
    const text = { value: `\n${renderTokenEntries([alice.entry])}`, from: "DOMAIN_PAGES_TOKENS" };
    const both = await open([bob.entry], { text });
    expect([await both.nameOf(alice.token), await both.nameOf(bob.token)]).toEqual(["token:alice", "token:bob"]);
    await rm(both.file);
    both.pass(1000);
    expect(await both.nameOf(alice.token)).toBe("token:alice");
    const alone = await createTokenBook({ text, now: () => NOW, onProblem: () => {} });
    expect((await alone(alice.token)).name).toBe("token:alice");
  });

  it("takes a file with a byte order mark", async () => {
    const alice = make("alice");
    const file = path.join(makeTempFolder(), "tokens.json");
    await writeFile(file, `\ufeff${renderTokenEntries([alice.entry])}`, { mode: 0o600 });
    const { nameOf } = await open([], { file: { path: file, isNamed: true } });
    expect(await nameOf(alice.token)).toBe("token:alice");
  });

  it.skipIf(process.platform === "win32")(
    "warns when others can read or change the file, and again when that changes",
    async () => {
      const alice = make("alice");
      const file = path.join(makeTempFolder(), "tokens.json");
      await writeFile(file, renderTokenEntries([alice.entry]));
      await chmod(file, 0o644);
      const { nameOf, pass, problems } = await open([], { file: { path: file, isNamed: true } });
      const look = async () => {
        pass(1000);
        await nameOf(alice.token);
      };
      await look();
      expect(problems).toEqual([{ kind: "open", message: expect.stringContaining("mode 644") }]);
      await chmod(file, 0o600);
      await look();
      await chmod(file, 0o660);
      await look();
      expect(problems.map(({ message }) => /mode \d+/.exec(message)?.[0])).toEqual(["mode 644", "mode 660"]);
    },
  );
});
