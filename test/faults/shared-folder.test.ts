import { afterEach, describe, expect, it } from "vitest";
import { runBuilt } from "../support/built.ts";
import { checkFiles, checkKept, type Got } from "./support/check-folder.ts";
import { checkMoney } from "./support/check-money.ts";
import { checkLogged } from "./support/check-output.ts";
import { readLedger } from "./support/read-ledger.ts";
import { keyOf, makeRequests } from "./support/requests.ts";
import { type RpcServer, startRpcServer } from "./support/rpc-server.ts";
import { whenSettled } from "./support/settled.ts";
import { openSetup, type Setup } from "./support/setup.ts";

const CALLS = 200;
const REQUESTS = makeRequests(20);
/** How many purchases of a server are under way when it is killed, at least. */
const UNDER_WAY = 5;
const BUDGET_MICROS = 10_000_000;

let setup: Setup;
let servers: RpcServer[] = [];

afterEach(async () => {
  await Promise.all(servers.map((server) => server.leave()));
  servers = [];
  await setup.sandbox.close();
});

async function openAll(): Promise<[RpcServer, RpcServer]> {
  setup = await openSetup({ budgetUsd: BUDGET_MICROS / 1_000_000, retryMs: 1500 });
  const both: [RpcServer, RpcServer] = [await startRpcServer(setup.env), await startRpcServer(setup.env)];
  servers = both;
  return both;
}

/** Takes enough of the gateway's time that the others come meanwhile. */
const makeSlow = (calls: number, ms = 80) =>
  setup.sandbox.faults.add(...Array.from({ length: calls }, () => ({ name: "slow", ms })));

/** Every request the same number of times, on one server. */
function callAll(server: RpcServer, calls: number) {
  return Array.from({ length: calls }, (_, index) => {
    const asked = REQUESTS[(index * 7) % REQUESTS.length] ?? { target: "" };
    return { asked, pending: server.call("get_domain_pages", asked) };
  });
}

type Calls = ReturnType<typeof callAll>;

async function answersOf(calls: Calls): Promise<Got[]> {
  const got: Got[] = [];
  for (const { asked, pending } of calls) {
    const ending = await pending.ending;
    if (ending.how !== "answered") continue;
    const { isError, content, structuredContent } = ending.answer;
    expect(isError ?? false, content[0]?.text).toBe(false);
    got.push({ asked, snapshotId: String(structuredContent?.["snapshot_id"]) });
  }
  return got;
}

/** A command line that asks for one after the other meanwhile. */
async function askByCommand(rounds: number): Promise<Got[]> {
  const got: Got[] = [];
  for (const asked of REQUESTS.slice(0, rounds)) {
    const { code, stdout, stderr } = await runBuilt(["get", "--json", "--body", JSON.stringify(asked)], {
      env: setup.env,
    });
    expect(code, stderr).toBe(0);
    expect(checkLogged(stderr)).toEqual([]);
    got.push({ asked, snapshotId: JSON.parse(stdout).snapshot_id });
  }
  return got;
}

const keyed = () => new Map(REQUESTS.map((asked) => [keyOf(asked, setup.baseUrl), asked]));

/** @returns how many different answers each request got */
function answersEach(got: readonly Got[]): number[] {
  return REQUESTS.map(
    (asked) => new Set(got.filter((each) => each.asked === asked).map((each) => each.snapshotId)).size,
  );
}

describe("two servers and a command line that share one folder", () => {
  it("buy each of 20 requests once, however many ask at the same time", async () => {
    const [one, other] = await openAll();
    makeSlow(REQUESTS.length);
    const calls = [...callAll(one, CALLS / 2), ...callAll(other, CALLS / 2)];
    const got = (await Promise.all([answersOf(calls), askByCommand(6)])).flat();
    expect(got).toHaveLength(CALLS + 6);
    expect(answersEach(got)).toEqual(REQUESTS.map(() => 1));
    const { ledger, problems } = await whenSettled(setup.folder);
    const { bills } = setup.sandbox.books.read();
    expect(bills).toHaveLength(REQUESTS.length);
    expect(problems).toEqual([]);
    expect(ledger.purchases.map(({ state }) => state)).toEqual(REQUESTS.map(() => "charged"));
    expect(checkMoney({ bills, ledger, budgetMicros: BUDGET_MICROS })).toEqual([]);
    expect(await checkKept(setup.folder, { got, purchases: ledger.purchases, keys: keyed() })).toEqual([]);
    expect(await checkFiles(setup.folder)).toEqual([]);
  });

  it("share what little is left of a budget without spending more", async () => {
    await openAll();
    await setup.sandbox.close();
    await Promise.all(servers.map((server) => server.leave()));
    setup = await openSetup({ budgetUsd: 0.25, retryMs: 1500 });
    servers = [await startRpcServer(setup.env), await startRpcServer(setup.env)];
    makeSlow(REQUESTS.length);
    const calls = servers.flatMap((server) => callAll(server, REQUESTS.length));
    const endings = await Promise.all(calls.map(({ pending }) => pending.ending));
    const failed = endings.filter((ending) => ending.how === "answered" && ending.answer.isError === true);
    expect(failed.length).toBeGreaterThan(0);
    const { ledger } = await whenSettled(setup.folder);
    const { bills } = setup.sandbox.books.read();
    expect(bills.length).toBeGreaterThan(2);
    expect(checkMoney({ bills, ledger, budgetMicros: 250_000 })).toEqual([]);
  });

  it("go on when one is killed in the middle, and pay at most once more for what it had under way", async () => {
    const [one, victim] = await openAll();
    makeSlow(REQUESTS.length, 400);
    const calls = callAll(victim, CALLS / 2);
    while (setup.sandbox.books.read().calls.received < UNDER_WAY) await setup.nextEntry();
    calls.push(...callAll(one, CALLS / 2));
    await one.ping();
    await victim.kill();
    // Nothing is hurried here: the locks of the dead get stale in their own time, and the living wait for that.
    const got = (await Promise.all([answersOf(calls), askByCommand(2)])).flat();
    expect(got.length).toBeGreaterThanOrEqual(CALLS / 2 + 2);
    expect(answersEach(got)).toEqual(REQUESTS.map(() => 1));
    const ledger = await readLedger(setup.folder);
    const { bills } = setup.sandbox.books.read();
    const dead = ledger.purchases.filter(({ state }) => state === "open");
    expect(dead.length).toBeGreaterThanOrEqual(UNDER_WAY);
    for (const [key] of keyed()) {
      const ofKey = ledger.purchases.filter(({ requestKey }) => requestKey === key);
      const lost = ofKey.filter(({ state }) => state === "open").length;
      expect(ofKey.length).toBeLessThanOrEqual(1 + lost);
      expect(lost).toBeLessThanOrEqual(1);
    }
    expect(bills.length).toBeLessThanOrEqual(REQUESTS.length + dead.length);
    expect(checkMoney({ bills, ledger, budgetMicros: BUDGET_MICROS })).toEqual([]);
    expect(await checkKept(setup.folder, { got, purchases: ledger.purchases, keys: keyed() })).toEqual([]);
    expect(await checkFiles(setup.folder, true)).toEqual([]);
    for (const server of servers) expect(checkLogged(server.stderr())).toEqual([]);
  });
});
