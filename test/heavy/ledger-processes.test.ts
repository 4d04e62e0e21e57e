import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileLedger } from "../../src/spend/ledger/file-ledger.ts";
import { FACTS } from "../support/ledger-facts.ts";
import { killAll, letGo, startTelling, type TellingChild } from "../support/telling-child.ts";

const CHILD = fileURLToPath(new URL("../support/ledger-child.ts", import.meta.url));
const BUDGET = 1000;
const DAY = "2026-11-24";

interface Told {
  ready?: boolean;
  id?: string;
  micros?: number;
  kind?: string;
  charge?: string;
  message?: string;
}

type Child = TellingChild<Told>;

interface ChildOptions {
  /** A command that the child is run by. */
  through?: string[];
  /** Whether root becomes nobody once it is up: root may write everywhere. */
  unprivileged?: boolean;
}

let folder: string;
let children: Child[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "ledger-"));
  children = [];
});
afterEach(async () => {
  await killAll(children);
  await rm(folder, { recursive: true });
});

function startChild(
  max: number,
  mode: "settle" | "hold",
  { through = [], unprivileged = false }: ChildOptions = {},
): Child {
  const args = ["--import", "tsx", CHILD, folder, String(BUDGET), String(max), mode];
  if (unprivileged) args.push("unprivileged");
  const started = startTelling<Told>([...through, process.execPath, ...args]);
  children.push(started);
  return started;
}

const readBook = () => createFileLedger({ folder, dailyBudgetMicros: BUDGET, now: () => 0 }).read(DAY);

const grantsOf = ({ told }: Child) => told.flatMap(({ id, micros = 0 }) => (id === undefined ? [] : [{ id, micros }]));

describe("processes that share one budget", () => {
  it("set aside all of it, never more, and agree on what counts", { timeout: 30_000 }, async () => {
    for (const max of [7, 11, 13, 40]) startChild(max, "hold");
    await letGo(children);
    await Promise.all(children.map(({ ended }) => ended));
    const grants = children.flatMap(grantsOf);
    expect(grants.reduce((sum, { micros }) => sum + micros, 0)).toBe(BUDGET);
    const book = await readBook();
    expect(book).toMatchObject({ countedMicros: BUDGET, unreadableLines: 0 });
    expect(new Set(book.purchases.map(({ id }) => id))).toEqual(new Set(grants.map(({ id }) => id)));
    for (const child of children) {
      expect(grantsOf(child)).not.toEqual([]);
      expect(child.told.at(-1)).toMatchObject({ kind: "budget", charge: "not_charged" });
    }
  });

  it("use what is released as well, to the last micro-dollar", { timeout: 30_000 }, async () => {
    for (const max of [60, 60, 60, 90]) startChild(max, "settle");
    await letGo(children);
    await Promise.all(children.map(({ ended }) => ended));
    const book = await readBook();
    expect(book.purchases.filter(({ state }) => state === "open")).toEqual([]);
    // Whoever is refused has settled everything, so the last to be refused sees the final state.
    expect(book.countedMicros).toBe(BUDGET);
    expect(book.purchases.map(({ id }) => id).sort()).toEqual(
      children
        .flatMap(grantsOf)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it("go on when one is killed, whose money stays set aside", { timeout: 30_000 }, async () => {
    const victim = startChild(1, "hold");
    for (const max of [2, 2]) startChild(max, "hold");
    await letGo(children);
    await victim.until(10);
    victim.process.kill("SIGKILL");
    expect(await victim.ended).toEqual([null, "SIGKILL"]);
    await Promise.all(children.map(({ ended }) => ended));
    const book = await readBook();
    expect(book.countedMicros).toBe(BUDGET);
    const open = new Set(book.purchases.filter(({ state }) => state === "open").map(({ id }) => id));
    expect(grantsOf(victim).length).toBeGreaterThanOrEqual(9);
    for (const { id } of grantsOf(victim)) expect(open).toContain(id);
  });
});

describe("a disk that takes only a part of a record", () => {
  it.runIf(process.platform === "linux")(
    "has nothing sent, and keeps the books readable",
    { timeout: 30_000 },
    async () => {
      const file = path.join(folder, "ledger", `${DAY}.jsonl`);
      await mkdir(path.dirname(file));
      await writeFile(file, "\n".repeat(1000));
      // Files end at 1,024 bytes for this child, in the middle of its first record.
      const script = `trap "" XFSZ; ulimit -f 1; exec "$@"`;
      const child = startChild(10, "hold", { through: ["bash", "-c", script, "bash"] });
      await letGo(children);
      await child.ended;
      expect(child.told.at(-1)).toMatchObject({
        kind: "config",
        message: `The ledger in ${path.dirname(file)} cannot be written (disk full?).`,
        charge: "not_charged",
      });
      expect((await stat(file)).size).toBe(1024);
      const ledger = createFileLedger({ folder, dailyBudgetMicros: BUDGET, now: () => Date.UTC(2026, 10, 24) });
      await ledger.reserve(FACTS, 10);
      expect(await ledger.read()).toMatchObject({ countedMicros: 10, unreadableLines: 1 });
    },
  );
});

describe("a folder that cannot be written", () => {
  it("is a setting to mend, and nothing was sent", { timeout: 30_000 }, async () => {
    await chmod(folder, 0o755);
    await mkdir(path.join(folder, "ledger"), { mode: 0o555 });
    const child = startChild(10, "hold", { unprivileged: true });
    await letGo(children);
    await child.ended;
    expect(child.told.at(-1)).toEqual({
      kind: "config",
      message: `The ledger in ${path.join(folder, "ledger")} cannot be written (EACCES).`,
      charge: "not_charged",
      advice: "Check that folder and its disk, or point DOMAIN_PAGES_CACHE_DIR to one that can be written.",
    });
  });
});
