import { performance } from "node:perf_hooks";
import { importAnswer } from "../src/lists/endpoint-answer.ts";
import { buildAnswer } from "../src/pages/answer/answer.ts";
import { DOMAIN_PAGES } from "../src/pages/domain-pages.ts";
import { MAX_VIEW_BYTES, toSnapshotView } from "../src/pages/view/snapshot-view.ts";
import { toSnapshotFile } from "../src/pages/view/view-file.ts";
import { readEnvelope } from "../src/upstream/envelope.ts";
import { makeBody } from "./make-body.ts";
import { median, spread } from "./stats.ts";

const PAGES = 1000;
const ROUNDS = 40;
const WARM_UP = 10;
const BAR = 1;

/** What a client that shows views costs beside its answer: view data as JSON, against JSON.parse of the reply, in turn. */
export async function benchView(): Promise<string[]> {
  const body = makeBody(PAGES);
  const times = { parse: [] as number[], first: [] as number[], again: [] as number[] };
  let sizes = { view: 0, rows: 0, total: 0, file: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    JSON.parse(body);
    const parse = performance.now() - startedAt;
    const snapshot = open(body);
    // Every call has its answer made first.
    buildAnswer(snapshot, { maxTokens: 1500, surface: "mcp" });
    const first = timed(() => JSON.stringify(toSnapshotView(snapshot)));
    const again = timed(() => JSON.stringify(toSnapshotView(snapshot)));
    if (round < WARM_UP) continue;
    times.parse.push(parse);
    times.first.push(first.ms);
    times.again.push(again.ms);
    if (round < ROUNDS - 1) continue;
    const { rows } = toSnapshotView(snapshot);
    const file = Buffer.byteLength(JSON.stringify(toSnapshotFile(snapshot)));
    sizes = { view: Buffer.byteLength(first.json), rows: rows.cells.length, total: rows.total, file };
  }
  return [
    `${line("the first view", times.first, times.parse)} (bar ${BAR.toFixed(2)})`,
    line("the same again", times.again, times.parse),
    `${PAGES} pages: view data ${sizes.view} bytes (bar ${MAX_VIEW_BYTES}), ${sizes.rows} of ${sizes.total} rows; whole, with all records, ${sizes.file} bytes; elsewhere 0`,
  ];
}

function open(body: string) {
  const outcome = readEnvelope({ status: 200, headers: {}, body });
  if (!outcome.ok) throw outcome.error;
  return importAnswer(DOMAIN_PAGES, outcome.answer);
}

function timed(make: () => string): { ms: number; json: string } {
  const startedAt = performance.now();
  const json = make();
  return { ms: performance.now() - startedAt, json };
}

function line(what: string, view: readonly number[], parse: readonly number[]): string {
  const ratio = median(view.map((each, round) => each / (parse[round] ?? Number.NaN)));
  return `${PAGES} pages, ${what}, ms: view ${spread(view)}, JSON.parse ${spread(parse)}; ratio ${ratio.toFixed(2)}`;
}
