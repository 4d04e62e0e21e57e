import { access, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyLock, inTurns, type KeyLockDeps, type LockProblem, withoutLock } from "../../src/store/disk-lock.ts";
import { type StoreChild, startStoreChild } from "../support/start-store-child.ts";
import { KEY, OTHER_KEY } from "../unit/store/make-snapshot.ts";

const unending = new AbortController().signal;

let folder: string;
let problems: LockProblem[];
let children: StoreChild[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lock-"));
  problems = [];
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await rm(folder, { recursive: true });
});

const open = (deps: Partial<KeyLockDeps> = {}) =>
  createKeyLock({ folder, onProblem: (problem) => problems.push(problem), retryMs: 5, ...deps });

function start(role: string, count = 0): StoreChild {
  const child = startStoreChild(role, folder, count);
  children.push(child);
  return child;
}

/** A step that a test takes when it wants to. */
function gate() {
  let pass = () => {};
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { pass, passed };
}

/** What a version before this one left, or a holder on another machine: nothing here can ask for it. */
const LEFT_BEHIND = [
  { what: "a folder of an earlier version", name: `${KEY}.lock`, isFolder: true },
  { what: "the file of a holder on another machine", name: `${KEY}.0123456789ab.7.0.0123456789abcdef.turn` },
  { what: "a file that nobody knows", name: `${KEY}.turn` },
];

async function leave({ name, isFolder = false }: { name: string; isFolder?: boolean }, aheadMs = 0) {
  const file = path.join(folder, "locks", name);
  await mkdir(isFolder ? file : path.dirname(file), { recursive: true });
  if (!isFolder) await writeFile(file, "");
  const seconds = (Date.now() + aheadMs) / 1000;
  await utimes(file, seconds, seconds);
  return file;
}

const YEAR_MS = 365 * 86_400_000;

const onLinux = process.platform === "linux";

/** Holds a key until told. */
async function hold(withKeyLock: ReturnType<typeof open>, key = KEY) {
  const [begun, end] = [gate(), gate()];
  const done = withKeyLock(key, unending, async () => {
    begun.pass();
    await end.passed;
  });
  await begun.passed;
  return async () => {
    end.pass();
    await done;
  };
}

describe("a lock in one process", () => {
  it("gives back what was returned or thrown, and leaves nothing behind", async () => {
    const withKeyLock = open();
    expect(await withKeyLock(KEY, unending, async () => 7)).toBe(7);
    await expect(withKeyLock(KEY, unending, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withKeyLock(KEY, unending, async () => 8)).toBe(8);
    expect(await readdir(path.join(folder, "locks"))).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("lets one holder of a key at a time, and different keys side by side", async () => {
    const withKeyLock = open();
    let [now, most] = [0, 0];
    const release = await hold(withKeyLock, OTHER_KEY);
    const use = async () => {
      now += 1;
      most = Math.max(most, now);
      await readdir(folder);
      now -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => withKeyLock(KEY, unending, use)));
    expect(most).toBe(1);
    await release();
  });

  it("ends a wait with the signal, for the reason the signal gives", async () => {
    const withKeyLock = open({ retryMs: 60_000 });
    const release = await hold(withKeyLock);
    const caller = new AbortController();
    let used = false;
    const waiting = withKeyLock(KEY, caller.signal, async () => {
      used = true;
    });
    const reason = new Error("the caller left");
    setImmediate(() => caller.abort(reason));
    await expect(waiting).rejects.toBe(reason);
    await expect(withKeyLock(KEY, caller.signal, async () => 1)).rejects.toBe(reason);
    await release();
    expect(used).toBe(false);
    expect(await open()(KEY, unending, async () => "free")).toBe("free");
  });

  it("is refused where the folder takes no locks, before anything is used", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "in the way");
    const use = async () => expect.unreachable();
    await expect(open({ folder: file })(KEY, unending, use)).rejects.toMatchObject({
      kind: "config",
      facts: { charge: "not_charged" },
      message: expect.stringContaining("(ENOTDIR)"),
    });
  });

  it("is none there, and says so, for what costs nothing", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "in the way");
    expect(await open({ folder: file, isOptional: true })(KEY, unending, async () => 7)).toBe(7);
    expect(problems).toEqual([{ kind: "not_locked", code: "ENOTDIR" }]);
  });

  it.each(LEFT_BEHIND)("takes over $what that shows no sign of life, whatever its date", async (left) => {
    for (const aheadMs of [-YEAR_MS, 0, YEAR_MS]) {
      await leave(left, aheadMs);
      expect(await open({ quietMs: 50 })(KEY, unending, async () => 7)).toBe(7);
      expect(await readdir(path.join(folder, "locks"))).toEqual([]);
    }
  });

  it("leaves a holder elsewhere alone as long as it shows signs of life", async () => {
    const file = await leave(LEFT_BEHIND[1] ?? { name: "" });
    let signs = 0;
    const timer = setInterval(() => utimes(file, ++signs, signs), 2);
    const tries = new AbortController();
    const waiting = open({ quietMs: 100 })(KEY, tries.signal, async () => expect.unreachable());
    await expect.poll(() => signs, { timeout: 20_000 }).toBeGreaterThan(100);
    tries.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    clearInterval(timer);
    await access(file);
  });

  it("waits for a holder elsewhere that has sent a call and gives no sign of life, as long as the call may take", async () => {
    let marked = "";
    await open({ sentMs: 20_000 })(KEY, unending, async (turn) => {
      const [name = ""] = await readdir(path.join(folder, "locks"));
      await turn.isMine();
      marked = await readFile(path.join(folder, "locks", name), "utf8");
    });
    expect(marked).toBe("busy 20000");
    const file = await leave(LEFT_BEHIND[1] ?? { name: "" });
    await writeFile(file, "busy 3600000");
    const waiting = open({ quietMs: 1 })(KEY, AbortSignal.timeout(500), async () => expect.unreachable());
    await expect(waiting).rejects.toThrow("timeout");
    await writeFile(file, "busy 200");
    expect(await open({ quietMs: 1 })(KEY, unending, async () => "free")).toBe("free");
  });

  it("is nobody's to send by where it cannot be marked, and nothing is charged", async () => {
    const asked = open({ sentMs: 60_000 })(KEY, unending, async (turn) => {
      const [name = ""] = await readdir(path.join(folder, "locks"));
      await rm(path.join(folder, "locks", name));
      await mkdir(path.join(folder, "locks", name));
      return turn.isMine();
    });
    await expect(asked).rejects.toMatchObject({ kind: "config", facts: { charge: "not_charged" } });
  });

  it("ends its wait for a holder that does not let go, charging nothing", async () => {
    const release = await hold(open());
    const waiting = open({ waitMs: 20 })(KEY, unending, async () => expect.unreachable());
    await expect(waiting).rejects.toMatchObject({ kind: "unavailable", facts: { charge: "not_charged" } });
    await release();
  });

  it("tells its holder that it is lost before the holder does what must not happen twice", async () => {
    const [asked, taken] = [gate(), gate()];
    const done = open()(KEY, unending, async (turn) => {
      expect(await turn.isMine()).toBe(true);
      asked.pass();
      await taken.passed;
      return turn.isMine();
    });
    await asked.passed;
    // As another machine does that has seen no sign of life.
    for (const name of await readdir(path.join(folder, "locks"))) await rm(path.join(folder, "locks", name));
    taken.pass();
    expect(await done).toBe(false);
    expect(problems).toEqual([{ kind: "lock_lost", key: KEY }]);
  });

  it("is told of when it is lost, and is released without complaint", async () => {
    const lost = gate();
    const withKeyLock = open({
      quietMs: 200,
      onProblem: (problem) => {
        problems.push(problem);
        lost.pass();
      },
    });
    const release = await hold(withKeyLock);
    await rm(path.join(folder, "locks"), { recursive: true });
    await lost.passed;
    await release();
    expect(problems).toEqual([{ kind: "lock_lost", key: KEY }]);
  });

  it.each(["", "key", "../../../../../../../../tmp/lock0", `${KEY}/..`])(
    "is refused to %j, which is no key",
    async (key) => {
      await expect(open()(key, unending, async () => 1)).rejects.toThrow("32 hexadecimal digits");
      expect(await readdir(folder)).toEqual([]);
    },
  );
});

// Several processes on a machine of two cores: a slow start is not a failure.
describe("a lock across processes", { timeout: 60_000 }, () => {
  it("lets one holder at a time", async () => {
    await writeFile(path.join(folder, "sum"), "0");
    const told = await Promise.all(
      [start("addUp", 40), start("addUp", 40), start("addUp", 40)].map((one) => one.told()),
    );
    expect(told).toEqual(Array(3).fill({ problems: [] }));
    expect(await readFile(path.join(folder, "sum"), "utf8")).toBe("120");
  });

  it("passes on from a holder that was killed", async () => {
    const holder = start("hold");
    await holder.told();
    const withKeyLock = open();
    await expect(withKeyLock(KEY, AbortSignal.timeout(50), async () => 1)).rejects.toThrow("timeout");
    await holder.kill();
    const order: number[] = [];
    let inside = 0;
    const use = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await readdir(folder);
      order.push(order.length);
      inside -= 1;
    };
    await Promise.all([0, 1, 2].map(() => withKeyLock(KEY, unending, use)));
    expect(order).toEqual([0, 1, 2]);
    expect(await readdir(path.join(folder, "locks"))).toEqual([]);
    expect(problems).toEqual([]);
  });

  it.runIf(onLinux)("stays with a holder that is stopped, and says so to whoever waits", async () => {
    const holder = start("hold");
    await holder.told();
    holder.signal("SIGSTOP");
    const waiting = open({ quietMs: 20, stoppedMs: 200 })(KEY, unending, async () => expect.unreachable());
    await expect(waiting).rejects.toMatchObject({
      message: `Another process (pid ${holder.pid}) is asking for the same first and has been stopped.`,
      facts: { charge: "not_charged" },
    });
    holder.signal("SIGCONT");
  });

  it.runIf(onLinux)("stays with a holder that is too busy for a sign of life", async () => {
    const holder = start("holdBusily", 1500);
    await holder.told();
    expect(await open({ quietMs: 50 })(KEY, unending, async () => holder.isDone())).toBe(true);
  });

  it.runIf(onLinux)("is lost for a holder that slept so long that others may have taken it for dead", async () => {
    // Patient enough for a process that waits for the processor of a busy machine.
    const quietMs = 8000;
    const holder = start("holdAndAsk", quietMs);
    expect(await holder.told()).toMatchObject({ isMine: true });
    holder.signal("SIGSTOP");
    const begun = performance.now();
    await expect.poll(() => performance.now() - begun, { timeout: quietMs }).toBeGreaterThan(quietMs / 2 + 500);
    holder.send({});
    holder.signal("SIGCONT");
    expect(await holder.told()).toEqual({ isMine: false });
  });

  it("ends with the process of its holder, whose exit code is its own", async () => {
    const holder = start("exitHolding", 7);
    await holder.told();
    expect(await holder.ended).toBe(7);
    expect(await readdir(path.join(folder, "locks"))).toEqual([]);
  });
});

it("withoutLock runs what it is given", async () => {
  expect(await withoutLock(KEY, unending, async () => 7)).toBe(7);
});

describe("turns within a process", () => {
  const open = (waitMs = 60_000) => inTurns(withoutLock, waitMs);

  it("are taken in the order in which callers came, key by key", async () => {
    const withKeyLock = open();
    const release = await hold(withKeyLock);
    const order: number[] = [];
    const waiting = [1, 2, 3].map((each) => withKeyLock(KEY, unending, async () => order.push(each)));
    expect(await withKeyLock(OTHER_KEY, unending, async () => [...order])).toEqual([]);
    await release();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
  });

  it("are left by whoever stops waiting, for the reason the signal gives, which lets nobody in before", async () => {
    const withKeyLock = open();
    const release = await hold(withKeyLock);
    const caller = new AbortController();
    const left = withKeyLock(KEY, caller.signal, async () => expect.unreachable());
    let isIn = false;
    const next = withKeyLock(KEY, unending, async () => {
      isIn = true;
    });
    const reason = new Error("the caller left");
    caller.abort(reason);
    await expect(left).rejects.toBe(reason);
    expect(isIn).toBe(false);
    await release();
    await next;
  });

  it("are passed on by a holder that fails", async () => {
    const withKeyLock = open();
    const failed = withKeyLock(KEY, unending, () => Promise.reject(new Error("no")));
    const next = withKeyLock(KEY, unending, async () => 8);
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe(8);
  });

  it("are waited for no longer than set, charging nothing", async () => {
    const withKeyLock = open(20);
    const release = await hold(withKeyLock);
    await expect(withKeyLock(KEY, unending, async () => expect.unreachable())).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("asking for the same first"),
      facts: { charge: "not_charged" },
    });
    await release();
  });
});
