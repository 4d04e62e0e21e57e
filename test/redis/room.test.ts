import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AppError } from "../../src/errors.ts";
import type { RedisProblem } from "../../src/redis/failures.ts";
import { createRedisLink } from "../../src/redis/link.ts";
import { createPendingWrites } from "../../src/redis/pending-writes.ts";
import { createRedisRoom } from "../../src/redis/redis-room.ts";
import { createLedgerOverLines } from "../../src/spend/ledger/ledger-over-lines.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { caught } from "../support/caught.ts";
import { FACTS } from "../support/ledger-facts.ts";
import { hasRedisServer, type RedisServer, startRedisServer } from "../support/redis-server.ts";
import { KEY, makeSnapshot } from "../unit/store/make-snapshot.ts";
import { describeRedis, PREFIX } from "./rooms.ts";
import { type RedisChild, startRedisChild } from "./start-child.ts";

const bought = makeSnapshot({ fetchedAt: Date.now() });

describeRedis("turns", ({ open, server }) => {
  it("are counted for all replicas together, by name", async () => {
    const [a, b] = [open(), open()];
    await vi.waitFor(() => expect(a.isReady() && b.isReady()).toBe(true));
    for (const { turns } of [a, b, a]) expect(await turns("ann", 3)).toEqual({ granted: true });
    const refused = await b.turns("ann", 3);
    expect(refused).toMatchObject({ granted: false });
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000);
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(await b.turns("bob", 3)).toEqual({ granted: true });
    // Another limit for the same name, as after a change of settings.
    expect(await a.turns("ann", 10)).toEqual({ granted: true });
  });

  it("are counted by each replica for itself while Redis is gone", { timeout: 20_000 }, async () => {
    const replica = open();
    await vi.waitFor(() => expect(replica.isReady()).toBe(true));
    await replica.turns("ann", 2);
    await server().kill();
    const granted = [];
    for (let turn = 0; turn < 4; turn++) granted.push((await replica.turns("ann", 2)).granted);
    expect(granted).toEqual([true, true, false, false]);
  });
});

describeRedis("a shared secret", ({ open }) => {
  it("is the same for all who ask at once, and another for another name", async () => {
    const make = () => new Uint8Array(randomBytes(32));
    const replicas = [open(), open(), open()];
    const [first, ...others] = await Promise.all(replicas.map(({ secret }) => secret("asker", make)));
    expect(first).toHaveLength(32);
    for (const other of others) expect(other).toEqual(first);
    expect(await open().secret("asker", make)).toEqual(first);
    expect(await open().secret("other", make)).not.toEqual(first);
  });
});

describeRedis("a room whose Redis goes away", ({ open, server, look }) => {
  let children: RedisChild[] = [];
  afterEach(() => Promise.all(children.splice(0).map((child) => child.kill())));

  it("reads from memory, fails clearly otherwise, and works again by itself", { timeout: 30_000 }, async () => {
    const [replica, other] = [open(), open()];
    await replica.snapshots("t").put(bought);
    const elsewhere = makeSnapshot({ taskId: "elsewhere" });
    await other.snapshots("t").put(elsewhere);
    await server().kill();
    const store = replica.snapshots("t");
    expect(await store.get(bought.id)).toBe(bought);
    expect(await store.newest(KEY)).toBe(bought);
    const failure = {
      kind: "unavailable",
      message: "The shared store cannot be reached, so kept snapshots cannot be read now.",
      facts: { charge: "not_charged", advice: expect.stringContaining("DOMAIN_PAGES_STORE") },
    };
    const reads = [
      () => store.get(elsewhere.id),
      () => store.list(),
      () => store.gone(elsewhere.id),
      () => store.newest("f".repeat(32)),
    ];
    for (const read of reads) await expect(read()).rejects.toMatchObject(failure);
    expect(replica.isReady()).toBe(false);
    await server().start();
    await vi.waitFor(() => expect(replica.isReady()).toBe(true), 5000);
    expect(await store.get(elsewhere.id)).toEqual(elsewhere);
    expect(replica.problems).toMatchObject([{ kind: "unreachable" }, { kind: "reachable_again" }]);
  });

  it("writes what was bought meanwhile when it is back, and nothing is lost of what was there", {
    timeout: 30_000,
  }, async () => {
    const replica = open();
    const before = makeSnapshot({ taskId: "before", fetchedAt: 1 });
    await replica.snapshots("t").put(before);
    await server().kill();
    expect(await replica.snapshots("t").put(bought)).toMatchObject({ where: "memory" });
    await server().start();
    await replica.flush(10_000);
    const reader = open().snapshots("t");
    expect(await reader.newest(KEY)).toEqual(bought);
    expect((await reader.list()).map(({ id }) => id)).toEqual([bought.id, before.id]);
  });

  it("writes again what Redis lost of the last seconds when it crashed", { timeout: 30_000 }, async () => {
    const [replica, other] = [open(), open()];
    const [day] = new Date().toISOString().split("T");
    const ledger = createLedgerOverLines(replica.ledgerLines, { dailyBudgetMicros: 1000, now: Date.now });
    const reservation = await ledger.reserve(FACTS, 300);
    await replica.snapshots("t").put(bought);
    await ledger.settle(reservation, { outcome: "charged", micros: 120 });
    await ledger.reserve(FACTS, 200);
    expect((await other.ledgerLines.fold(day ?? "")).countedMicros).toBe(320);
    await server().kill();
    await server().wipe();
    await server().start();
    await vi.waitFor(async () => expect(await other.snapshots("t").newest(KEY)).toEqual(bought), 10_000);
    await vi.waitFor(async () => expect((await ledger.read()).purchases).toHaveLength(2), 10_000);
    await replica.flush(10_000);
    const book = await createLedgerOverLines(other.ledgerLines, { dailyBudgetMicros: 1000, now: Date.now }).read();
    expect(book).toMatchObject({ countedMicros: 320, unreadableLines: 0 });
    expect(book.purchases.map(({ state }) => state)).toEqual(["charged", "open"]);
  });

  it("writes nothing twice that Redis has kept", { timeout: 30_000 }, async () => {
    const replica = open();
    const ledger = createLedgerOverLines(replica.ledgerLines, { dailyBudgetMicros: 1000, now: Date.now });
    await ledger.settle(await ledger.reserve(FACTS, 300), { outcome: "charged", micros: 120 });
    const [key = ""] = await look().keys(`${PREFIX}ledger:lines:*`);
    const before = await look().lrange(key, 0, -1);
    await look().call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await vi.waitFor(() => expect(replica.problems).toMatchObject([{}, { kind: "reachable_again" }]), 5000);
    await replica.flush(10_000);
    expect(await look().lrange(key, 0, -1)).toEqual(before);
    expect(before).toHaveLength(2);
  });

  it("gives up in about two seconds where Redis only stands still", { timeout: 30_000 }, async () => {
    const replica = open();
    await replica.snapshots("t").put(bought);
    server().freeze();
    const beganAt = performance.now();
    await expect(replica.snapshots("t").get("s_00000000")).rejects.toMatchObject({ kind: "unavailable" });
    expect(performance.now() - beganAt).toBeLessThan(4000);
    await vi.waitFor(() => expect(replica.isReady()).toBe(false), 10_000);
    server().thaw();
    await vi.waitFor(() => expect(replica.isReady()).toBe(true), 10_000);
    expect(await replica.snapshots("t").get("s_00000000")).toBeUndefined();
  });

  it("finds whole snapshots only when writers are killed in the middle", { timeout: 60_000 }, async () => {
    children = await Promise.all([1, 2, 3].map(() => startRedisChild("putForEver", server().port)));
    await Promise.all(
      children.map(async (child, index) => {
        child.go();
        for (let put = 0; put < 5 + index; put++) await child.told();
        await child.kill();
      }),
    );
    const replica = open();
    const list = await replica.snapshots("t").list();
    expect(list.length).toBeGreaterThanOrEqual(12);
    for (const { id } of list) expect(await replica.snapshots("t").get(id)).toMatchObject({ id });
    expect(await look().zcard(`${PREFIX}snap1:t:expiry`)).toBe(list.length);
    expect(await look().keys(`${PREFIX}snap1:t:value:*`)).toHaveLength(list.length);
    expect(replica.problems).toEqual([]);
  });
});

describeRedis("a Redis that has forgotten its scripts", ({ open, look }) => {
  it("is told them again", async () => {
    const store = open().snapshots("t");
    await store.put(makeSnapshot({ taskId: "first" }));
    await look().script("FLUSH");
    expect(await store.put(bought)).toEqual({ where: "disk" });
    expect(await open().snapshots("t").get(bought.id)).toEqual(bought);
  });
});

describeRedis("what waits to be written", ({ server }) => {
  it("gives up the oldest for want of room, and keeps the newest however large", { timeout: 20_000 }, async () => {
    const problems: RedisProblem[] = [];
    const onProblem = (problem: RedisProblem) => problems.push(problem);
    const link = createRedisLink({ url: server().url, prefix: PREFIX, onProblem: () => {} });
    const pending = createPendingWrites({ link, maxBytes: 100, onProblem });
    const written: number[] = [];
    const write = (bytes: number) => () => link.run((redis) => redis.ping().then(() => written.push(bytes)));
    const owe = (bytes: number) => pending.add({ what: "snapshot", bytes, write: write(bytes) });
    expect(await owe(1)).toEqual({ is: "written" });
    await server().kill();
    written.length = 0;
    const code = expect.any(String);
    expect(await owe(60)).toEqual({ is: "waiting", code });
    // Known to be gone: no more waiting.
    const beganAt = performance.now();
    expect(await owe(40)).toEqual({ is: "waiting", code });
    expect(await owe(41)).toEqual({ is: "waiting", code });
    expect(performance.now() - beganAt).toBeLessThan(500);
    expect(problems.filter(({ kind }) => kind === "given_up")).toHaveLength(1);
    expect(await owe(200)).toEqual({ is: "waiting", code });
    expect(problems.filter(({ kind }) => kind === "given_up")).toHaveLength(3);
    await server().start();
    await pending.flush(10_000);
    // The first was written just before the outage.
    expect(written).toEqual([1, 200]);
    link.close();
  });
});

describe("an address", () => {
  const open = (url: string) => createRedisLink({ url, prefix: PREFIX, onProblem: () => {} });

  it.each(["http://x", "redis://", "redis://:secret@host/db", "redis://:100%secret@host", "nothing"])(
    "that cannot be meant, %s, is a setting to mend, and is not repeated",
    (url) => {
      const error = caught(() => open(url));
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ kind: "config", message: expect.stringMatching(/^DOMAIN_PAGES_STORE is no /) });
      expect(error.message).not.toContain("secret");
      expect(error.message).not.toContain("host/");
    },
  );
});

describe.skipIf(!hasRedisServer())("a Redis with a password", () => {
  let server: RedisServer | undefined;
  afterEach(() => server?.close());

  const openAt = (url: string, problems: RedisProblem[]) =>
    createRedisRoom({
      url,
      prefix: PREFIX,
      memory: () => createMemoryStore(),
      maxAgeMs: 60_000,
      now: Date.now,
      onProblem: (problem) => problems.push(problem),
    });

  it("lets in who knows it, and an error tells neither it nor the address", { timeout: 20_000 }, async () => {
    server = await startRedisServer({ args: ["--requirepass", "s3cr@t/word"] });
    const problems: RedisProblem[] = [];
    const right = openAt(`redis://:s3cr%40t%2Fword@127.0.0.1:${server.port}/3`, problems);
    expect(await right.snapshots("t").put(bought)).toEqual({ where: "disk" });
    await right.close();
    expect(problems).toEqual([]);
    const wrong = openAt(`redis://eve1:wr0ng@127.0.0.1:${server.port}/3`, problems);
    const failure: unknown = await wrong
      .snapshots("t")
      .list()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "unavailable" });
    const { message, facts } = failure as AppError;
    const shown = JSON.stringify([message, facts.advice, problems]);
    expect(problems).toEqual([{ kind: "unreachable", code: "WRONGPASS" }]);
    for (const secret of ["wr0ng", "eve1", "127.0.0.1", String(server.port)]) expect(shown).not.toContain(secret);
    await wrong.close();
  });
});

const run = promisify(execFile);
const hasOpenssl = await run("openssl", ["version"]).then(
  () => true,
  () => false,
);
if (!hasOpenssl) process.stderr.write("Redis over TLS not tested: no openssl on this machine\n");

describe.skipIf(!hasRedisServer() || !hasOpenssl)("a Redis that speaks TLS", () => {
  let server: RedisServer | undefined;
  let folder = "";
  afterEach(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const LOOK = `
    import { createRedisRoom } from "./src/redis/redis-room.ts";
    import { createMemoryStore } from "./src/store/memory-store.ts";
    const room = createRedisRoom({ url: process.argv[1], prefix: "test:", memory: () => createMemoryStore(),
      maxAgeMs: 1000, now: Date.now, onProblem: (problem) => console.log(JSON.stringify(problem)) });
    await room.snapshots("t").list().then(() => console.log("listed"), ({ kind }) => console.log(kind));
    await room.close();
  `;

  it("is trusted with its CA only", { timeout: 60_000 }, async () => {
    folder = await mkdtemp(path.join(tmpdir(), "tls-"));
    const [cert, key] = [path.join(folder, "cert.pem"), path.join(folder, "key.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    await run("openssl", [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      "-keyout",
      key,
      "-out",
      cert,
      ...subject,
    ]);
    server = await startRedisServer({ certificates: { cert, key, ca: cert } });
    const look = async (url: string, env: NodeJS.ProcessEnv) => {
      const args = ["--import", "tsx", "--input-type=module", "-e", LOOK, url];
      return (await run(process.execPath, args, { env: { ...process.env, ...env } })).stdout;
    };
    const withCa = { NODE_EXTRA_CA_CERTS: cert };
    expect(await look(server.url, withCa)).toBe("listed\n");
    expect(await look(server.url.replace("127.0.0.1", "localhost"), withCa)).toBe("listed\n");
    expect(await look(server.url, {})).toBe(
      '{"kind":"unreachable","code":"DEPTH_ZERO_SELF_SIGNED_CERT"}\nunavailable\n',
    );
  });
});
