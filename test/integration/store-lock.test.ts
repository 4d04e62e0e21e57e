import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyLock, type KeyLockDeps, type LockProblem, withoutLock } from "../../src/store/disk-lock.ts";
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

const lockOf = (key: string) => path.join(folder, "locks", `${key}.lock`);

/** As if its holder had given no sign of life for a minute. */
async function letGoStale(lock: string) {
  const seconds = Date.now() / 1000 - 60;
  await utimes(lock, seconds, seconds);
}

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

  it("is none where the folder takes no locks, and says so", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "in the way");
    expect(await open({ folder: file })(KEY, unending, async () => 7)).toBe(7);
    expect(problems).toEqual([{ kind: "not_locked", code: "ENOTDIR" }]);
  });

  it("is none where something else stands in its place, and says so", async () => {
    const withKeyLock = open();
    await withKeyLock(OTHER_KEY, unending, async () => {});
    await writeFile(lockOf(KEY), "");
    await letGoStale(lockOf(KEY));
    expect(await withKeyLock(KEY, unending, async () => 7)).toBe(7);
    expect(problems).toMatchObject([{ kind: "not_locked" }]);
  });

  it("is told of when it is lost, and is released without complaint", async () => {
    const lost = gate();
    const withKeyLock = open({
      staleMs: 2000,
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
    await letGoStale(lockOf(KEY));
    // One more died just when it was about to take over.
    await mkdir(lockOf(`${KEY}.takeover`));
    await letGoStale(lockOf(`${KEY}.takeover`));
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
