import { beforeAll, describe, expect, it } from "vitest";
import { BROKEN_WAYS, type BrokenPlace, type BrokenWay } from "../support/broken-ways.ts";
import { type Finished, runBuilt } from "../support/built.ts";
import type { ToolAnswer } from "../support/clients.ts";
import { makeTempFolder } from "../support/temp-home.ts";
import { checkLogged, checkShown } from "./support/check-output.ts";
import { type LedgerReading, readLedger } from "./support/read-ledger.ts";
import { type Ending, startRpcServer } from "./support/rpc-server.ts";
import { KEY } from "./support/setup.ts";
import { saidAboutMoney } from "./support/verdict.ts";

const TIMEOUT_MS = 1000;

/** Room for a machine of two cores that starts other processes meanwhile. */
const SLACK_MS = 10_000;

/** What `doctor` and each call may connect, with the tries that a reset before TLS is worth. */
const HANDFUL = 5;

const ASKED = { target: "acme.example" };
/** A price is then asked for before the purchase. */
const ASK_FIRST = { DOMAIN_PAGES_ASK_ABOVE_USD: "0.01" };

interface Walked {
  bought: Ending;
  boughtConnections: number;
  quoted: Ending;
  /** Undefined where the other side ends the call by itself. */
  cancelled: { tookMs: number } | undefined;
  command: Finished;
  doctor: Finished;
  ledger: LedgerReading;
  stderr: string;
}

/** One way after the other takes too long, all at once too much. */
const AT_ONCE = 4;
const walks = new Map<string, Walked>();

async function walk({ isSilent, open }: BrokenWay): Promise<Walked> {
  const place = await open();
  const folder = makeTempFolder();
  const env = {
    ...place.env,
    AISA_API_KEY: KEY,
    DOMAIN_PAGES_CACHE_DIR: folder,
    DOMAIN_PAGES_TIMEOUT_MS: String(TIMEOUT_MS),
    DOMAIN_PAGES_RETRY_MS: "0",
    DOMAIN_PAGES_LOG_LEVEL: "debug",
  };
  const server = await startRpcServer(env);
  const bought = await server.call("get_domain_pages", ASKED).ending;
  const boughtConnections = place.connections();
  const quoted = await server.call("estimate_domain_pages", ASKED).ending;
  await server.leave();
  const cancelled = isSilent ? await cancelOne(env, place) : undefined;
  const command = await runBuilt(["get", "acme.example"], { env: { ...env, ...ASK_FIRST } });
  const doctor = await runBuilt(["doctor"], { env });
  await place.close();
  return {
    bought,
    boughtConnections,
    quoted,
    cancelled,
    command,
    doctor,
    ledger: await readLedger(folder),
    stderr: server.stderr(),
  };
}

/** With a deadline that is far away, only the cancellation can end it: the server then has nothing left to wait for. */
async function cancelOne(env: Record<string, string>, place: BrokenPlace): Promise<{ tookMs: number }> {
  const server = await startRpcServer({ ...env, DOMAIN_PAGES_TIMEOUT_MS: "600000" });
  const taken = place.nextConnection();
  const { cancel } = server.call("get_domain_pages", ASKED);
  const socket = await taken;
  const startedAt = performance.now();
  const closed = new Promise((resolve) => socket.once("close", resolve));
  cancel();
  await closed;
  const tookMs = performance.now() - startedAt;
  await server.leave();
  return { tookMs };
}

beforeAll(async () => {
  const waiting = [...BROKEN_WAYS];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      walks.set(next.title, await walk(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}, 600_000);

function find(title: string): Walked {
  const walked = walks.get(title);
  if (walked === undefined) throw new Error(`${title} was not walked`);
  return walked;
}

function answerOf(ending: Ending): ToolAnswer {
  if (ending.how !== "answered") throw new Error(`the call was ${ending.how}`);
  return ending.answer;
}

const textOf = ({ content }: ToolAnswer): string => content[0]?.text ?? "";

describe.each(BROKEN_WAYS)("$title", ({ title, isSilent }) => {
  it("fails a purchase, and leaves an estimate without a quote: nothing was charged", () => {
    const { bought, quoted } = find(title);
    const [failure, estimate] = [answerOf(bought), answerOf(quoted)];
    expect(failure.isError).toBe(true);
    expect(saidAboutMoney(textOf(failure)), textOf(failure)).toEqual(["not charged"]);
    expect(checkShown(textOf(failure))).toEqual([]);
    expect(textOf(estimate)).toMatch(/; nothing was bought\n(?:.*\n)*price: no quote: (?:the|no) .*; at most /);
    expect(checkShown(textOf(estimate))).toEqual([]);
  });

  it("ends each within its deadline, over a handful of connections", () => {
    const { bought, quoted, boughtConnections } = find(title);
    for (const ending of [bought, quoted]) {
      expect(ending.how === "answered" && ending.tookMs).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    }
    expect(boughtConnections).toBeGreaterThan(0);
    expect(boughtConnections).toBeLessThanOrEqual(HANDFUL);
  });

  it("leaves books in which nothing counts", () => {
    const { ledger, stderr } = find(title);
    expect(ledger.purchases.map(({ state }) => state)).toEqual(ledger.purchases.map(() => "not_charged"));
    expect(ledger.unreadableLines).toBe(0);
    expect(Object.values(ledger.countedMicrosByDay).filter((micros) => micros > 0)).toEqual([]);
    expect(checkLogged(stderr)).toEqual([]);
  });

  it("ends a command that asks for the price first as unavailable, not charged", () => {
    const { command } = find(title);
    expect(command.code).toBe(4);
    expect(saidAboutMoney(command.stderr), command.stderr).toEqual(["not charged"]);
  });

  it("is found by doctor, which goes the same way", () => {
    const { doctor } = find(title);
    expect(doctor.stdout).toMatch(/^FAIL {2}(?:proxy|gateway|certificate) /m);
    expect(doctor.stdout).not.toContain("may have been charged");
    expect({ code: doctor.code, stderr: doctor.stderr }).toEqual({ code: 4, stderr: "" });
  });

  it.runIf(isSilent)("is left as soon as its caller takes the call back", () => {
    expect(find(title).cancelled?.tookMs).toBeLessThan(SLACK_MS);
  });
});
