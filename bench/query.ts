import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { importAnswer } from "../src/lists/endpoint-answer.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../src/pages/domain-pages.ts";
import {
  createQueryPages,
  type QueryPages,
  renderQueryStructured,
  renderQueryText,
} from "../src/pages/query/query-pages.ts";
import { createDiskStore } from "../src/store/disk-store.ts";
import { createNoStore } from "../src/store/memory-store.ts";
import { createMatchPool } from "../src/threads/match-pool.ts";
import { openMatcher } from "../src/threads/open-matcher.ts";
import { readEnvelope } from "../src/upstream/envelope.ts";
import { makeBody } from "./make-body.ts";
import { median, spread } from "./stats.ts";

const PAGES = 1000;
const ROUNDS = 60;
const WARM_UP = 15;

const QUESTIONS: readonly Record<string, unknown>[] = [
  {},
  { status: "broken", order_by: ["page_summary.backlinks,desc"] },
  { filters: [["page_summary.backlinks", ">", 10], "and", ["page", "regex", "/[a-z]+-\\d"]] },
  { group_by: "section" },
  { group_by: "tld" },
  { text: "guide", columns: ["status_code", "page_summary.referring_domains", "meta.title"] },
];

/** A query over a 1,000-page snapshot, in memory and from disk, beside JSON.parse of the endpoint's body. */
export async function benchQuery(): Promise<string[]> {
  const body = makeBody(PAGES);
  const outcome = readEnvelope({ status: 200, headers: {}, body });
  if (!outcome.ok) throw outcome.error;
  const snapshot = importAnswer(DOMAIN_PAGES, outcome.answer);
  const folder = await mkdtemp(path.join(tmpdir(), "bench-query-"));
  const pool = createMatchPool({ openMatcher, maxRunMs: 10_000 });
  try {
    const store = createDiskStore({
      folder,
      maxBytes: 1 << 30,
      maxAgeMs: 1e12,
      now: Date.now,
      memory: createNoStore(),
      onProblem: () => {},
    });
    await store.put(snapshot);
    const matchTexts = pool.for("bench");
    const inMemory = createQueryPages({ findSnapshot: async () => snapshot, maxTokens: 1500, matchTexts });
    const fromDisk = createQueryPages({
      findSnapshot: async () => (await store.get(snapshot.id)) as PagesSnapshot,
      maxTokens: 1500,
      matchTexts,
    });
    const times = { parse: [] as number[], memory: [] as number[], disk: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const question = QUESTIONS[round % QUESTIONS.length] ?? {};
      const parse = await timed(async () => JSON.parse(body));
      const memory = await timed(() => ask(inMemory, question));
      const disk = await timed(() => ask(fromDisk, question));
      if (round < WARM_UP) continue;
      times.parse.push(parse);
      times.memory.push(memory);
      times.disk.push(disk);
    }
    return [
      line("in memory", times.memory, times.parse, "bar 5 ms"),
      line("from disk", times.disk, times.parse, "bar 50 ms"),
    ];
  } finally {
    pool.close();
    await rm(folder, { recursive: true });
  }
}

async function ask(queryPages: QueryPages, question: Record<string, unknown>): Promise<number> {
  const answer = await queryPages({ snapshot_id: "s_00000000", ...question }, { surface: "mcp" });
  return renderQueryText(answer).length + JSON.stringify(renderQueryStructured(answer)).length;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

function line(what: string, times: readonly number[], parse: readonly number[], bar: string): string {
  const ratio = median(times.map((time, round) => time / (parse[round] ?? Number.NaN))).toFixed(2);
  return `${PAGES} pages ${what}, ms: query ${spread(times, 2)} (${bar}), JSON.parse ${spread(parse)}; ratio ${ratio}`;
}
