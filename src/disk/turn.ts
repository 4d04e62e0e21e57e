import { createHash, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { open, readdir, readFile, readlink, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/*
 * Turns among the processes that share a folder: one file for each that holds or wants one.
 *
 * Whoever wants a turn puts a file of its own there and then looks; only whoever sees no other file has it, else it takes
 * its own away and tries again. Of two, at least the one that looked second saw both, so never two have it. No name is
 * used twice, so removing the file of a dead holder cannot hit a living one: with one name for all (proper-lockfile,
 * what stood here before), two that found a dead lock together could both come to hold it.
 *
 * Who is dead is never judged by the clock on the wall, nor by whether a busy process found time for a sign of life. The
 * file's name says which process it belongs to, and on one machine the system is asked whether that one still lives: a
 * holder that is blocked or stopped keeps its turn, one that was killed loses it at once. For a holder elsewhere (another
 * machine, another container) there are signs of life: its file changes; one that stays unchanged for `quietMs` of our own
 * monotonic clock, while we kept looking, is taken for dead. It may only have been asleep, so whoever does what
 * must not be done twice asks `isMine` right before; that leaves a mark in the file, by which others wait for as long as
 * it may take (`busyMs`). What remains: a holder elsewhere that stands still for longer than that, after it began.
 *
 * Why not a listening socket: quick and exact on Linux, but abstract names end at a container's edge, where two
 * replicas on one volume would both buy; and socket files elsewhere have to be taken over like any other file.
 */

/** A turn that is held. */
export interface Turn {
  /**
   * Whether nobody else can have it by now. Once it was lost it stays lost. Asked right before what must not be done
   * twice; from then on the turn is the holder's for `busyMs`, even without a sign of life.
   */
  isMine(): Promise<boolean>;
  /** Gives it back; never throws. */
  end(): Promise<void>;
}

export interface TurnOptions {
  /** Has to be there. */
  folder: string;
  /** What the turn is about: a part of a file's name. */
  name: string;
  /** Ends the wait. */
  signal?: AbortSignal;
  /** A holder elsewhere that gave no sign of life for so long is taken for dead, ms. Signs come four times in that time. */
  quietMs?: number;
  /**
   * For how long whoever asked `isMine` may be at what must not be done twice without a sign of life, ms: those elsewhere
   * are not taken for dead before, as when they are blocked after they sent a call. @default `quietMs`
   */
  busyMs?: number;
  /** The longest wait, ms. */
  waitMs?: number;
  /** How long to wait for a holder that somebody has stopped (SIGSTOP, Ctrl-Z), ms. */
  stoppedMs?: number;
  /** How long to wait before the next try, on average, ms. */
  retryMs?: number;
  /** Told when the turn is lost while it is held. */
  onLost?: () => void;
}

/** The wait was too long: another holds the turn and does not let go. */
export class TurnTakenError extends Error {
  override readonly name = "TurnTakenError";
  /** What stands in the way. */
  readonly file: string;
  /** The holder, where it is a process of this machine. */
  readonly pid: number | undefined;
  readonly isStopped: boolean;

  constructor(file: string, pid: number | undefined, isStopped: boolean) {
    super("Another process holds the turn and does not let go.");
    this.file = file;
    this.pid = pid;
    this.isStopped = isStopped;
  }
}

/** A look counts for no more than this: who was asleep itself has seen nothing meanwhile. */
const LOOK_COUNTS_MS = 500;

/** Files of the turns that this process holds or tries for. */
const ours = new Set<string>();

/** Whoever ends in the middle gives its turns back where it can: not every system tells at once that it is gone. */
function endWithProcess(): void {
  for (const file of ours) {
    try {
      rmSync(file, { force: true });
    } catch {
      // Nobody is left to be told; it is taken over.
    }
  }
}

/**
 * Waits for a turn.
 * @throws {TurnTakenError} after `waitMs`; the signal's reason when it is aborted; what the system throws when no file
 *   can be made
 */
export async function takeTurn(options: TurnOptions): Promise<Turn> {
  const { folder, name, signal, quietMs = QUIET_MS, retryMs = 100, waitMs = Number.POSITIVE_INFINITY } = options;
  const { stoppedMs = 10_000, busyMs = quietMs, onLost = () => {} } = options;
  const self = await readSelf();
  const look = createLook(folder, name, self, quietMs);
  const beganAt = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const other = (await look()) ?? (await tryFor(path.join(folder, toFileName(name, self)), look));
    if (typeof other === "string") return hold(other, { quietMs, busyMs, onLost });
    const isTooLong = performance.now() - beganAt > waitMs || (other.isStopped && other.watchedMs > stoppedMs);
    if (isTooLong) throw new TurnTakenError(other.file, other.pid, other.isStopped);
    // Spread, so that those who wait do not try in step. Its own error for an abort says less than the reason.
    await wait(retryMs * (0.5 + Math.random()), undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

const QUIET_MS = 10_000;

/** @returns the file of a turn that is ours now, or who else is there */
async function tryFor(file: string, look: Look): Promise<string | Other> {
  if (ours.size === 0) process.on("exit", endWithProcess);
  ours.add(file);
  try {
    await (await open(file, "wx", 0o600)).close();
    const other = await look(file);
    if (other === undefined) return file;
    await drop(file);
    return other;
  } catch (error) {
    await drop(file);
    throw error;
  }
}

/** What cannot be removed stays without signs of life, and is taken over. */
async function drop(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => {});
  ours.delete(file);
  if (ours.size === 0) process.off("exit", endWithProcess);
}

function hold(
  file: string,
  { quietMs, busyMs, onLost }: Required<Pick<TurnOptions, "quietMs" | "busyMs" | "onLost">>,
): Turn {
  let [isLost, wasQuiet, isBusy] = [false, false, false];
  let signAt = performance.now();
  const lose = () => {
    clearInterval(timer);
    if (!isLost) onLost();
    isLost = true;
  };
  const giveSign = async (): Promise<void> => {
    const at = performance.now();
    // Whoever was quiet for half of the time may be taken for dead before what it is about to do is under way.
    wasQuiet ||= at - signAt >= quietMs / 2;
    // Others see that it changes, whatever the time on it.
    const failure = await utimes(file, new Date(), new Date()).catch((error: NodeJS.ErrnoException) => error);
    if (failure === undefined) signAt = at;
    else if (failure.code === "ENOENT" && !isLost) lose();
  };
  const timer = setInterval(giveSign, quietMs / 4);
  timer.unref();
  return {
    async isMine() {
      if (!isLost) await giveSign();
      if (isLost || wasQuiet) return false;
      // Others read it where they would take the holder for dead. A file that has gone is not made anew.
      if (!isBusy && busyMs > quietMs) {
        await writeFile(file, `busy ${Math.ceil(busyMs)}`, { flag: "r+" }).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "ENOENT") throw error;
          lose();
        });
        isBusy = true;
      }
      return !isLost;
    },
    end: async () => {
      isLost = true;
      clearInterval(timer);
      await drop(file);
    },
  };
}

/** Somebody else who holds the turn or tries for it. */
interface Other {
  file: string;
  pid: number | undefined;
  isStopped: boolean;
  /** For how long we have seen it unchanged, ms. */
  watchedMs: number;
}

/** Looks for another, but for one's own try; removes those that are dead. */
type Look = (own?: string) => Promise<Other | undefined>;

function createLook(folder: string, name: string, self: Process, quietMs: number): Look {
  const watched = new Map<string, { sign: string; at: number; unchangedMs: number }>();

  /** @returns for how long it has shown no sign of life while we kept looking; undefined when it is gone */
  const watch = async (file: string): Promise<number | undefined> => {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) return undefined;
    const [at, sign] = [performance.now(), `${found.mtimeMs} ${found.ctimeMs} ${found.size}`];
    const before = watched.get(file);
    const unchangedMs = before?.sign === sign ? before.unchangedMs + Math.min(LOOK_COUNTS_MS, at - before.at) : 0;
    watched.set(file, { sign, at, unchangedMs });
    return unchangedMs;
  };

  const judge = async (entry: string): Promise<Other | undefined> => {
    const file = path.join(folder, entry);
    const holder = parseFileName(entry, name);
    const watchedMs = await watch(file);
    if (watchedMs === undefined) return undefined;
    const isOurMachine = holder?.machine === self.machine;
    const state = isOurMachine ? await askSystem(holder, file, self) : "unclear";
    const isPatient =
      watchedMs <= PATIENCE[state] * quietMs || (state !== "gone" && watchedMs <= (await readBusy(file)));
    if (isPatient) {
      return { file, pid: isOurMachine ? holder.pid : undefined, isStopped: state === "stopped", watchedMs };
    }
    // A version before this one made folders.
    await rm(file, { force: true, recursive: true });
    return undefined;
  };

  return async (own) => {
    for (const entry of await readdir(folder)) {
      if (!isOfTurn(entry, name) || path.join(folder, entry) === own) continue;
      const other = await judge(entry);
      if (other !== undefined) return other;
    }
    return undefined;
  };
}

/** No call takes longer, whatever stands in a file. */
const MAX_BUSY_MS = 3_600_000;

/** @returns for how long its holder may be silent, ms; 0 where it does not say so */
async function readBusy(file: string): Promise<number> {
  const text = await readFile(file, "utf8").catch(() => "");
  return Math.min(MAX_BUSY_MS, Number(/^busy (\d{1,9})$/.exec(text)?.[1] ?? 0));
}

/** A process, as the name of a file tells it. */
interface Process {
  /** Of those whose numbers of processes mean the same: one machine, one container. */
  machine: string;
  pid: number;
  /** When it began, as the system counts; 0 where that is not known. A number that is used again began later. */
  start: string;
}

const toFileName = (name: string, { machine, pid, start }: Process): string =>
  `${name}.${machine}.${pid}.${start}.${randomBytes(8).toString("hex")}.turn`;

const REST = /^\.([0-9a-f]{12})\.(\d{1,10})\.(\d{1,20})\.[0-9a-f]{16}\.turn$/;

function parseFileName(entry: string, name: string): Process | undefined {
  const [, machine, pid, start] = REST.exec(entry.slice(name.length)) ?? [];
  return machine && pid && start ? { machine, pid: Number(pid), start } : undefined;
}

/** Ours, or what a version before this one, or whoever, has put in their place. */
const isOfTurn = (entry: string, name: string): boolean =>
  entry.startsWith(`${name}.`) && (entry.endsWith(".turn") || entry === `${name}.lock`);

let self: Promise<Process> | undefined;

function readSelf(): Promise<Process> {
  self ??= (async () => ({
    machine: createHash("sha256")
      .update(await nameMachine())
      .digest("hex")
      .slice(0, 12),
    pid: process.pid,
    start: (await readSystem(process.pid))?.start ?? "0",
  }))();
  return self;
}

/** Another boot is another machine: what is left of the one before is judged by its signs of life. */
async function nameMachine(): Promise<string> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => hostname());
  return `${boot} ${await readlink("/proc/self/ns/pid").catch(() => "")}`;
}

type State = "alive" | "stopped" | "likely" | "unclear" | "gone";

/** For how many times `quietMs` a file may stay unchanged. */
const PATIENCE: Readonly<Record<State, number>> = {
  alive: Number.POSITIVE_INFINITY,
  stopped: Number.POSITIVE_INFINITY,
  // A process of its number runs, which may be another one: only Linux tells when it began.
  likely: 6,
  unclear: 1,
  gone: -1,
};

async function askSystem({ pid, start }: Process, file: string, self: Process): Promise<State> {
  if (ours.has(file)) return "alive";
  // Left behind, or of another copy of this code, which gives signs of life.
  if (pid === self.pid && start === self.start) return "unclear";
  if (!isRunning(pid)) return "gone";
  const told = await readSystem(pid);
  if (told === undefined || start === "0") return "likely";
  if (told.start !== start || /[ZX]/.test(told.state)) return "gone";
  return /[Tt]/.test(told.state) ? "stopped" : "alive";
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and of another user.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** What Linux tells of a process (proc_pid_stat(5), fields 3 and 22); the command before them may hold anything. */
async function readSystem(pid: number): Promise<{ state: string; start: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields[0], fields[19]];
  return state && start ? { state, start } : undefined;
}
