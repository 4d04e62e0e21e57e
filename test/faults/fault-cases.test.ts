import { beforeAll, describe, expect, it } from "vitest";
import { FAULTS } from "../../src/sandbox/faults/faults.ts";
import { CLIENTS, type ConnectedClient } from "../support/clients.ts";
import type { RawReply } from "../support/raw-exchange.ts";
import { checkFiles, checkKept } from "./support/check-folder.ts";
import { checkMoney } from "./support/check-money.ts";
import { checkLogged, checkShown, checkUpstreamWords } from "./support/check-output.ts";
import { type FaultCase, often, once, type Played, playFault, seeReply } from "./support/play-fault.ts";
import { readLedger } from "./support/read-ledger.ts";
import { type Asked, keyOf, makeRequests } from "./support/requests.ts";
import { openSetup, type Setup, TIMEOUT_MS } from "./support/setup.ts";
import { describeVerdict, saidAboutMoney } from "./support/verdict.ts";

const RETRY_MS = 2500;

/** Room for a machine of two cores that starts other processes meanwhile. */
const SLACK_MS = 10_000;

/** Faults whose usual settings would take longer than a test should, or lie beside its point. */
const SET: Readonly<Record<string, object>> = {
  refuse: { ms: 300 },
  slow: { ms: 200 },
  slow_drip: { ms: 10, pieces: 5 },
  oversized: { mb: 2 },
};

/** Longer than the product waits, or shorter: both ends of a fault that has a time. */
const MORE: readonly FaultCase[] = [
  once({ name: "slow", ms: 1600 }),
  once({ name: "slow_drip", ms: 300, pieces: 8 }),
  once({ name: "stall", ms: 50 }),
  once({ name: "stall_unbilled", ms: 50 }),
  once({ name: "stall_mid_body", ms: 50 }),
  once({ name: "reset_mid_body", ms: 0 }),
  once({ name: "gateway_429_seconds", seconds: 60 }),
  once({ name: "gateway_503_retry_after", seconds: 60 }),
];

const GIVEN_UP: readonly FaultCase[] = [
  often({ name: "refuse", ms: 400 }),
  often("gateway_429"),
  often("gateway_429_seconds"),
  often("gateway_429_date"),
  often("gateway_503_retryable"),
  often("gateway_503_retry_after"),
  often("task_40202"),
  often("task_40209"),
  often("gateway_400_contract"),
  often("top_40503"),
];

/** Asking for a price goes the same way, and must be as safe. */
const QUOTES: readonly FaultCase[] = [
  "none",
  "reset_unbilled",
  "stall_unbilled",
  "gateway_401",
  "gateway_429_seconds",
  "gateway_500",
  "gateway_502_html",
  "html",
  "truncated_json",
  "gateway_400_contract",
  "balance_402",
  "cap_refused",
  "task_40501",
  "error_string",
  "data_for_quote",
].map((fault) => ({ ...once(fault, "estimate_domain_pages"), title: `asked for a price: ${fault}` }));

const ALL: readonly FaultCase[] = [
  ...Object.keys(FAULTS).map((name) => once({ name, ...SET[name] })),
  ...MORE,
  ...GIVEN_UP,
];

/** Cases that share a server, a sandbox and a folder. */
const GROUPS: readonly (readonly FaultCase[])[] = [
  ...Array.from({ length: 12 }, (_, group) => ALL.filter((_, index) => index % 12 === group)),
  // A server that was sold data for a question never asks again.
  QUOTES,
];
const AT_ONCE = 6;

/** Everything that came of one group. */
interface Group {
  setup: Setup;
  played: Played[];
  seen: Map<string, RawReply>;
  stderr: string;
  keys: Map<string, Asked>;
}

const groups: Group[] = [];
const playedByTitle = new Map<string, { played: Played; reply: RawReply }>();

async function playGroup(cases: readonly FaultCase[], connect: (typeof CLIENTS)[number][1]): Promise<Group> {
  const setup = await openSetup({ budgetUsd: 100, retryMs: RETRY_MS });
  const client: ConnectedClient = await connect(setup.env);
  const requests = makeRequests(2 * cases.length);
  const played: Played[] = [];
  for (const faultCase of cases) {
    const [asked, nextAsked] = requests.splice(0, 2) as [Asked, Asked];
    played.push(await playFault(faultCase, { asked, nextAsked }, setup, client));
  }
  await client.close();
  const keys = new Map(makeRequests(2 * cases.length).map((asked) => [keyOf(asked, setup.baseUrl), asked]));
  return { setup, played, seen: new Map(), stderr: client.stderr(), keys };
}

beforeAll(async () => {
  const waiting = [...GROUPS.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, cases] = next;
      const [, connect] = CLIENTS[index % CLIENTS.length] ?? CLIENTS[0] ?? [];
      if (connect !== undefined) groups.push(await playGroup(cases, connect));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // What each fault looks like on the wire, from a sandbox that nobody counts with.
  const bystander = await openSetup({ budgetUsd: 0, retryMs: 0 });
  for (const { played } of groups) {
    for (const each of played) {
      playedByTitle.set(each.title, { played: each, reply: await seeReplyOnceListening(each, bystander) });
    }
  }
  return async () => {
    await bystander.sandbox.close();
    await Promise.all(groups.map(({ setup }) => setup.sandbox.close()));
  };
});

/** A fault before it may have closed the port for a moment. */
async function seeReplyOnceListening(played: Played, setup: Setup): Promise<RawReply> {
  for (;;) {
    const seen = await seeReply(played, setup).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") return undefined;
      throw error;
    });
    if (seen !== undefined) return seen;
  }
}

function find(title: string): { played: Played; reply: RawReply } {
  const found = playedByTitle.get(title);
  if (found === undefined) throw new Error(`${title} was not played`);
  return found;
}

const TITLES = [...ALL, ...QUOTES].map(({ title }) => title);

describe("the table of cases", () => {
  it("plays every fault of the sandbox, each under a title of its own", () => {
    expect(TITLES.length).toBeGreaterThanOrEqual(60);
    expect(new Set(TITLES).size).toBe(TITLES.length);
    const names = ALL.map(({ fault }) => (typeof fault === "string" ? fault : fault.name));
    expect([...new Set(names)].sort()).toEqual(Object.keys(FAULTS).sort());
  });
});

describe.each(TITLES)("%s", (title) => {
  it("ends within its deadline, and the next call gets its answer", () => {
    const { played } = find(title);
    expect(played.tookMs).toBeLessThan(TIMEOUT_MS + RETRY_MS + SLACK_MS);
    expect(played.problems).toEqual([]);
    expect(played.next.isError ?? false, played.next.content[0]?.text).toBe(false);
  });

  it("is billed as the sandbox says, at most once", () => {
    const { played } = find(title);
    const { billed } = FAULTS[nameOf(played)] ?? {};
    const survives = played.times === 1 && played.answer.isError !== true;
    const isBilled = played.tool === "get_domain_pages" ? billed || survives : title.endsWith("data_for_quote");
    expect(played.bills).toHaveLength(isBilled && !SAYS_NO_RESULTS.test(title) ? 1 : 0);
  });

  it("says of the money what the books say", () => {
    const { played } = find(title);
    expect(checkWords(played)).toEqual([]);
  });

  it("says what happened and what to do when it fails", () => {
    const { played } = find(title);
    if (played.answer.isError !== true) return expect(played.text).toMatch(/^(?:\S+: \d|\S+: no pages|estimate for )/);
    const [, before = "", after = ""] =
      /^(.*?)(?:Not charged\.|It may have been charged\.|This call was charged[^.]*(?:\.\d+)?\.|The data provider billed.*? as charged\.)(.*)$/s.exec(
        played.text,
      ) ?? [];
    expect(before.trim()).toMatch(/^(?:Arguments refused\.\n)?The .{15,250}\.$/);
    expect(after.replace(/\(request id .*\)/, "").trim()).toMatch(/^[A-Z].{8,320}\.$/);
    expect(played.answer.structuredContent).toBeUndefined();
  });

  it("shows no secret, no words of the upstream, nothing of our insides", () => {
    const { played, reply } = find(title);
    const shown = `${played.text}\n${JSON.stringify(played.answer.structuredContent ?? {})}`;
    expect(checkShown(shown.replaceAll("\n", " "))).toEqual([]);
    expect(checkShown(played.text)).toEqual([]);
    if (played.answer.isError) expect(checkUpstreamWords(played.text, reply.body.toString("utf8"))).toEqual([]);
  });

  it("names the request's id when a reply that had one failed", () => {
    const { played, reply } = find(title);
    const isWhole = !reply.isReset && reply.body.length >= Number(reply.headers["content-length"] ?? 0);
    if (!played.answer.isError || !isWhole || reply.headers["x-request-id"] === undefined) return;
    if (NO_REPLY_READ.test(title)) return expect(played.text).not.toContain("request id");
    expect(played.text).toMatch(/\(request id [\w.:-]{1,80}\)$/);
  });
});

/** An answer all the same: one without pages, which cost nothing. */
const SAYS_NO_RESULTS = /^task_40102|^task_40501_no_results/;

/** No headers are read where the product gives up before they come. */
const NO_REPLY_READ = /^(?:slow(?!_drip)|stall)/;

const nameOf = ({ fault }: Played): string => (typeof fault === "string" ? fault : fault.name);

/** @returns where the words and the gateway's books, or ours, do not agree */
function checkWords(played: Played): string[] {
  const { answer, purchases } = played;
  const problems = answer.isError === true ? checkFailureWords(played) : checkAnswerWords(played);
  return purchases.length === 1 ? problems : [...problems, `the ledger holds ${purchases.length} purchases`];
}

function checkFailureWords({ text, bills, purchases }: Played): string[] {
  const said = saidAboutMoney(text);
  const [only = "nothing"] = said;
  const state = purchases[0]?.state;
  return [
    ...(said.length === 1 ? [] : [`a failure says one thing about money, not ${said.join(" and ") || "nothing"}`]),
    ...(bills.length > 0 && only === "not charged" ? ["it was billed, and says that it was not"] : []),
    ...(bills.length === 0 && only === "charged" ? ["it was not billed, and says that it was"] : []),
    ...(state === STATE_OF[only] ? [] : [`it says ${only}, the ledger says ${state}`]),
  ];
}

function checkAnswerWords({ text, answer, bills, purchases, tool }: Played): string[] {
  const billedUsd = (bills[0]?.micros ?? 0) / 1_000_000;
  const state = purchases[0]?.state ?? "";
  if (tool === "estimate_domain_pages") return bills.length > 0 === (state === "charged") ? [] : [`${state}: ${text}`];
  const told = answer.structuredContent?.["charge_usd"];
  const words = told === "not reported" ? "charge not reported by the gateway" : `; charged $${billedUsd};`;
  return [
    ...(told === "not reported" || told === billedUsd ? [] : [`billed ${billedUsd}, and told ${told}`]),
    ...(text.includes(words) ? [] : [`the text does not say "${words}"`]),
    ...(state === (told === "not reported" ? "not_reported" : "charged") ? [] : [`the ledger says ${state}`]),
  ];
}

/** How each ends in the ledger. */
const STATE_OF: Readonly<Record<string, string>> = {
  charged: "charged",
  "may have been charged": "unknown",
  "not charged": "not_charged",
};

describe("all cases together", () => {
  it("leave books that agree with the gateway's", async () => {
    for (const { setup } of groups) {
      const ledger = await readLedger(setup.folder);
      expect(checkMoney({ bills: setup.sandbox.books.read().bills, ledger })).toEqual([]);
    }
  });

  it("leave every answer on disk, private and whole", async () => {
    for (const { setup, played, keys } of groups) {
      const { purchases } = await readLedger(setup.folder);
      // Told as no results, whatever the sandbox knows.
      const without = played.filter(({ title }) => SAYS_NO_RESULTS.test(title));
      const emptyKeys = new Set(without.map(({ asked }) => keyOf(asked, setup.baseUrl)));
      const withPages = purchases.filter(({ requestKey }) => !emptyKeys.has(requestKey));
      expect(await checkKept(setup.folder, { got: [], purchases: withPages, keys })).toEqual([]);
      expect(await checkFiles(setup.folder)).toEqual([]);
    }
  });

  it("log no secret and no mistake of ours", () => {
    for (const { stderr } of groups) {
      expect(stderr).toContain('"event":"upstream.answered"');
      expect(checkLogged(stderr)).toEqual([]);
    }
  });

  it("keep what was sold for a question as an answer", async () => {
    const { played } = find("asked for a price: data_for_quote");
    expect(played.purchases).toMatchObject([{ kind: "quote", state: "charged", snapshotId: expect.any(String) }]);
    expect(played.text).toContain(played.purchases[0]?.snapshotId ?? "");
  });

  it("read as reviewed product text", async () => {
    const verdicts = TITLES.map((title) => describeVerdict(find(title).played));
    await expect(`${verdicts.join("\n\n")}\n`).toMatchFileSnapshot("__snapshots__/fault-verdicts.txt");
  });
});
