import { EXIT_CODES } from "../../../src/cli/args.ts";
import { finish, runBuilt, start } from "../../support/built.ts";
import type { ToolAnswer } from "../../support/clients.ts";
import { checkFiles, checkKept, countPages, type Got } from "./check-folder.ts";
import { checkMoney } from "./check-money.ts";
import { checkLogged, checkShown } from "./check-output.ts";
import { type Circumstances, type Place, REQUESTS_EACH, type Step } from "./plan.ts";
import { type LedgerReading, readLedger } from "./read-ledger.ts";
import { type Asked, keyOf, makeRequests } from "./requests.ts";
import { type Ending, type PendingCall, type RpcServer, startRpcServer } from "./rpc-server.ts";
import { whenSettled } from "./settled.ts";
import { openSetup } from "./setup.ts";
import { saidAboutMoney } from "./verdict.ts";

const RETRY_MS = 1500;

/** Timeout, retries, another holder of the same key before it, and room for a busy machine. */
const DEADLINE_MS = 20_000;

/** Two servers and now and then a command line on one folder, before one sandbox. */
export interface Environment {
  /** Does one thing, and waits until all its calls have ended. @returns what must never be, one sentence each */
  play(step: Step): Promise<string[]>;
  /** Holds everything against everything, with all calls ended. */
  check(): Promise<string[]>;
  /** The same from outside: a server and a command that have never seen this folder. */
  checkAnew(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openEnvironment(
  { budgetUsd, freshHours }: Circumstances,
  sequences: number,
): Promise<Environment> {
  const setup = await openSetup({
    budgetUsd,
    retryMs: RETRY_MS,
    env: { DOMAIN_PAGES_FRESH_HOURS: String(freshHours) },
  });
  const { sandbox, folder, env, baseUrl, nextEntry } = setup;
  const requests = makeRequests(sequences * STRIDE + REQUESTS_EACH);
  const keys = new Map(requests.map((asked) => [keyOf(asked, baseUrl), asked]));
  const servers = [await startRpcServer(env), await startRpcServer(env)] as [RpcServer, RpcServer];

  /** Purchases that stay open, since their process was killed. */
  const dead = new Set<string>();
  const got: Got[] = [];
  const checkedSnapshots = new Set<string>();
  /** When a key's answer was first in somebody's hands, and how often it was asked for afresh. */
  const answeredAt = new Map<string, number>();
  const askedAfresh = new Map<string, number>();
  const heldBack = new Set<Place>();
  let mayHaveKilled = false;

  const askedOf = (request: number): Asked => {
    const asked = requests[request];
    if (asked === undefined) throw new RangeError("no such request");
    return asked;
  };
  const keyOfRequest = (request: number): string => keyOf(askedOf(request), baseUrl);
  const call = (on: Place, request: number): PendingCall => servers[on].call("get_domain_pages", askedOf(request));
  const billed = () => sandbox.books.read().billed;

  const remember = (request: number, snapshotId: unknown) => {
    if (typeof snapshotId !== "string") return;
    got.push({ asked: askedOf(request), snapshotId });
    const key = keyOfRequest(request);
    if (!answeredAt.has(key)) answeredAt.set(key, Date.now());
  };

  /** What one ending tells by itself. */
  const hear = (ending: Ending, request: number, on: Place): string[] => {
    if (ending.how !== "answered") return [];
    const { answer, tookMs } = ending;
    const text = textOf(answer);
    if (/held back/.test(text)) heldBack.add(on);
    remember(request, answer.structuredContent?.["snapshot_id"] ?? boughtByQuestion(answer));
    return [
      ...(tookMs > DEADLINE_MS ? [`a call took ${tookMs} ms`] : []),
      ...checkShown(`${text}\n${JSON.stringify(answer.structuredContent ?? {})}`),
      ...(answer.isError === true && saidAboutMoney(text).length !== 1 ? [`unclear about money: ${text}`] : []),
    ];
  };

  const hearAll = async (calls: readonly { on: Place; request: number; pending: PendingCall }[]): Promise<string[]> => {
    const problems: string[] = [];
    for (const { on, request, pending } of calls) problems.push(...hear(await pending.ending, request, on));
    return problems;
  };

  /** With nothing else under way, what was billed meanwhile is this call's. */
  const playAlone = async (on: Place, request: number): Promise<string[]> => {
    const before = billed();
    const ending = await call(on, request).ending;
    const after = billed();
    const bills = { calls: after.calls - before.calls, micros: after.micros - before.micros };
    if (ending.how !== "answered") return [`a call of a living server was ${ending.how}`];
    return [...hear(ending, request, on), ...checkAgainstBills(ending.answer, bills)];
  };

  /** Whoever asks for the same at the same time shares one purchase, across processes too, unless it fails. */
  const playTogether = async (calls: readonly { on: Place; request: number }[]): Promise<string[]> => {
    const goesWell = sandbox.faults.waiting().length === 0;
    const before = billed().calls;
    const problems = await hearAll(calls.map((each) => ({ ...each, pending: call(each.on, each.request) })));
    const bills = billed().calls - before;
    const different = new Set(calls.map(({ request }) => request)).size;
    if (goesWell && freshHours > 0 && bills > different)
      problems.push(`${different} requests were billed ${bills} times`);
    return problems;
  };

  const playCancel = async ({ on, request, when }: Step & { do: "cancel" }): Promise<string[]> => {
    if (on === "command") return interruptCommand(request);
    const received = nextEntry();
    const pending = call(on, request);
    if (when !== "sent") {
      await Promise.race([received, pending.ending]);
      await pause(when);
    }
    pending.cancel();
    const problems = hear(await pending.ending, request, on);
    // A message to the same process cannot overtake the cancellation.
    await servers[on].ping();
    return [...problems, ...(await whenSettled(folder, dead)).problems];
  };

  const interruptCommand = async (request: number): Promise<string[]> => {
    const received = nextEntry();
    const child = start(["get", "--json", "--body", JSON.stringify(askedOf(request))], env);
    child.stdin.end();
    const finished = finish(child);
    await Promise.race([received, finished]);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await finished;
    return checkCommand(code, stdout, stderr);
  };

  const playCommand = async ({ request, fresh }: Step & { do: "command" }): Promise<string[]> => {
    const args = ["get", "--json", "--body", JSON.stringify(askedOf(request)), ...(fresh ? ["--fresh"] : [])];
    const key = keyOfRequest(request);
    if (fresh) askedAfresh.set(key, (askedAfresh.get(key) ?? 0) + 1);
    const { code, stdout, stderr } = await runBuilt(args, { env });
    if (code === 0) remember(request, JSON.parse(stdout).snapshot_id);
    return checkCommand(code, stdout, stderr);
  };

  const begin = (on: Place, wanted: readonly number[]) =>
    wanted.map((request) => ({ on, request, pending: call(on, request) }));

  const playKill = async ({ on, during, beside, when }: Step & { do: "kill" }): Promise<string[]> => {
    mayHaveKilled = true;
    const other: Place = on === 0 ? 1 : 0;
    const received = nextEntry();
    const victims = begin(on, during);
    const others = begin(other, beside);
    if (when !== "sent" && victims.length > 0) {
      await Promise.race([received, Promise.all(victims.map(({ pending }) => pending.ending))]);
      await pause(when);
    }
    const lastWords = checkLast(servers[on]);
    await servers[on].kill();
    const keysOfDead = during.map(keyOfRequest);
    const problems = [...lastWords, ...(await hearAll([...victims, ...others]))];
    servers[on] = await startRpcServer(env);
    // What its calls had set aside stays so; anything else that stays open is a fault of the living.
    const { ledger } = await whenSettled(folder, new Set([...dead, ...(await openOf(keysOfDead))]));
    for (const { id, state } of ledger.purchases) if (state === "open") dead.add(id);
    return problems;
  };

  const openOf = async (keysOfDead: readonly string[]): Promise<string[]> => {
    const { purchases } = await readLedger(folder);
    return purchases
      .filter(({ state, requestKey }) => state === "open" && keysOfDead.includes(requestKey))
      .map(({ id }) => id);
  };

  /** Calls that are under way come home first, as long as the gateway does not take its time. */
  const playRestart = async ({ on, during }: Step & { do: "restart" }): Promise<string[]> => {
    sandbox.faults.clear();
    const calls = begin(on, during);
    const problems = await leave(on);
    problems.push(...(await hearAll(calls)));
    servers[on] = await startRpcServer(env);
    heldBack.delete(on);
    return [...problems, ...(await whenSettled(folder, dead)).problems];
  };

  const leave = async (on: Place): Promise<string[]> => {
    const server = servers[on];
    const code = await server.leave();
    return [...(code === 0 ? [] : [`a server that was left ended with ${code}`]), ...checkLast(server)];
  };

  const play = async (step: Step): Promise<string[]> => {
    switch (step.do) {
      case "call":
        return playAlone(step.on, step.request);
      case "estimate": {
        const pending = servers[step.on].call("estimate_domain_pages", askedOf(step.request));
        return hearAll([{ ...step, pending }]);
      }
      case "calls":
        return playTogether(step.calls);
      case "command":
        return playCommand(step);
      case "cancel":
        return playCancel(step);
      case "fault":
        sandbox.faults.add(step.fault);
        return [];
      case "kill":
        return playKill(step);
      case "restart":
        return playRestart(step);
    }
  };

  /** An answer is kept before it is given, so its key is not bought again but by who wants it afresh. */
  const checkBoughtOnce = ({ purchases }: LedgerReading): string[] =>
    [...answeredAt].flatMap(([key, at]) => {
      const again = purchases.filter(
        ({ requestKey, kind, reservedAt }) => requestKey === key && kind === "pages" && reservedAt > at,
      );
      const allowed = askedAfresh.get(key) ?? 0;
      if (freshHours === 0 || again.length <= allowed) return [];
      return [`${again.map(({ id }) => id).join(", ")} bought what was kept, asked for afresh ${allowed} times`];
    });

  const check = async (): Promise<string[]> => {
    sandbox.faults.clear();
    const problems: string[] = [];
    for (const on of [0, 1] as const) {
      if (heldBack.has(on)) problems.push(...(await playRestart({ do: "restart", on, during: [] })));
      await servers[on].ping();
      problems.push(...checkLast(servers[on]));
    }
    const settled = await whenSettled(folder, dead);
    const { ledger } = settled;
    const isNew = ({ snapshotId }: { snapshotId?: string }) => !checkedSnapshots.has(snapshotId ?? "");
    const fresh = { got: got.filter(isNew), purchases: ledger.purchases.filter(isNew), keys, mayBeCut: true };
    problems.push(
      ...settled.problems,
      ...checkMoney({
        bills: sandbox.books.read().bills,
        ledger,
        budgetMicros: Math.round(budgetUsd * 1_000_000),
      }),
      ...(await checkKept(folder, fresh)),
      ...checkBoughtOnce(ledger),
      ...(await checkFiles(folder, mayHaveKilled)),
    );
    for (const { snapshotId } of [...got, ...ledger.purchases]) {
      if (snapshotId !== undefined) checkedSnapshots.add(snapshotId);
    }
    return problems;
  };

  const checkAnew = async (): Promise<string[]> => {
    const { ledger } = await whenSettled(folder, dead);
    const server = await startRpcServer(env);
    const problems = await checkKept(folder, { got, purchases: ledger.purchases, keys, mayBeCut: true });
    for (const [id, asked] of new Map(got.map((each) => [each.snapshotId, each.asked]))) {
      const csv = await server.read(`domain-pages://snapshots/${id}/pages.csv`);
      const lines = csv.trim().split("\n").length;
      const most = 1 + countPages(asked);
      if (lines > most || (most > 1 && lines < 2)) problems.push(`a new server reads ${lines} lines of snapshot ${id}`);
    }
    await server.leave();
    const { code, stdout } = await runBuilt(["spend", "--json"], { env });
    const counted = Object.values(ledger.countedMicrosByDay).at(-1) ?? 0;
    const told = code === 0 ? Math.round(JSON.parse(stdout).counted_usd * 1_000_000) : code;
    if (told !== counted) problems.push(`spend tells ${told}, the ledger counts ${counted}`);
    return problems;
  };

  const close = async () => {
    await Promise.all(servers.map((server) => server.leave()));
    await sandbox.close();
  };

  return { play, check, checkAnew, close };
}

/** How far a sequence's requests lie from those of the one before. */
export const STRIDE = 3;

const textOf = ({ content }: ToolAnswer): string => content.map(({ text = "" }) => text).join("\n");

const boughtByQuestion = ({ structuredContent }: ToolAnswer): unknown =>
  (structuredContent?.["price"] as { bought_snapshot_id?: unknown } | undefined)?.bought_snapshot_id;

/** Random, and part of the plan: what a purchase is doing by then is what varies. */
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Everything that a server has written so far. */
function checkLast(server: RpcServer): string[] {
  return [...checkLogged(server.stderr()), ...server.oddLines().map((line) => `no JSON-RPC on stdout: ${line}`)];
}

const DOCUMENTED: ReadonlySet<number | null> = new Set(
  Object.values(EXIT_CODES)
    .map(({ code }) => code as number)
    .filter((code) => code !== EXIT_CODES.defect.code),
);

function checkCommand(code: number | null, stdout: string, stderr: string): string[] {
  return [
    ...(DOCUMENTED.has(code) ? [] : [`the command ended with ${code}: ${stderr}`]),
    ...checkShown(stdout),
    ...checkLogged(stderr),
  ];
}

/** @param bills what the gateway billed while this call alone was under way */
export function checkAgainstBills(answer: ToolAnswer, bills: { calls: number; micros: number }): string[] {
  const text = textOf(answer);
  if (bills.calls > 1) return [`one call was billed ${bills.calls} times`];
  if (answer.isError === true) {
    const [said] = saidAboutMoney(text);
    const isWrong = (said === "not charged" && bills.calls > 0) || (said === "charged" && bills.calls === 0);
    return isWrong ? [`billed ${bills.micros}, and told: ${text}`] : [];
  }
  const { kept_age: keptAge, charge_usd: chargeUsd } = answer.structuredContent ?? {};
  const told = keptAge === undefined ? chargeUsd : 0;
  if (told === "not reported") return bills.calls === 1 ? [] : [`not billed, and told: ${text}`];
  return told === bills.micros / 1_000_000 ? [] : [`billed ${bills.micros}, and told ${told}`];
}
