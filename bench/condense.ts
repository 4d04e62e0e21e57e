import { performance } from "node:perf_hooks";
import { createSnapshot } from "../src/lists/snapshot.ts";
import { buildAnswer } from "../src/pages/answer/answer.ts";
import { renderStructured, renderText } from "../src/pages/answer/render-answer.ts";
import { DOMAIN_PAGES } from "../src/pages/domain-pages.ts";
import { makeBody } from "./make-body.ts";
import { median, spread } from "./stats.ts";

const ROUNDS = 40;
const BAR = 1;

/** Read + fold + findings + both renderings, against JSON.parse of the same body, in turn. */
export async function benchCondense(): Promise<string[]> {
  return [100, 1000, 10_000].flatMap((pages) => {
    const body = makeBody(pages);
    const parse: number[] = [];
    const condense: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const startedAt = performance.now();
      const envelope = JSON.parse(body);
      const parsedAt = performance.now();
      condenseAll(envelope.tasks[0]);
      // The first rounds run cold code; a server stays warm.
      if (round < ROUNDS / 4) continue;
      parse.push(parsedAt - startedAt);
      condense.push(performance.now() - parsedAt);
    }
    const ratio = median(condense.map((each, round) => each / (parse[round] ?? Number.NaN)));
    const size = `${(body.length / 1e6).toFixed(1)} MB`;
    return [
      `${pages} pages (${size}), ms: condense ${spread(condense)}, JSON.parse ${spread(parse)}; ratio ${ratio.toFixed(2)} (bar ${BAR.toFixed(2)})`,
    ];
  });
}

interface Task {
  id: string;
  result: { target: string; total_count: number; items: unknown }[];
}

function condenseAll({ id, result: [result] }: Task): number {
  const snapshot = createSnapshot(
    DOMAIN_PAGES,
    {
      taskId: id,
      version: null,
      echo: null,
      target: "acme.example",
      upstreamCostUsd: 0,
      totalCount: result?.total_count ?? null,
      items: result?.items,
    },
    {
      source: "sandbox",
      request: { target: "acme.example" },
      requestKey: "key",
      fetchedAt: 0,
      charge: { kind: "none" },
    },
  );
  const answer = buildAnswer(snapshot, { maxTokens: 1500, surface: "mcp" });
  return renderText(answer).length + JSON.stringify(renderStructured(answer)).length;
}
