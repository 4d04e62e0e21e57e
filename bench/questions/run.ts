import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { importAnswer } from "../../src/lists/endpoint-answer.ts";
import { buildAnswer } from "../../src/pages/answer/answer.ts";
import { renderStructured, renderText } from "../../src/pages/answer/render-answer.ts";
import { DOMAIN_PAGES } from "../../src/pages/domain-pages.ts";
import { answerDomainPages } from "../../src/sandbox/answer-domain-pages.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { readEnvelope } from "../../src/upstream/envelope.ts";
import { makeBody } from "../make-body.ts";
import { QUESTIONS, type Value } from "./questions.ts";
import { readStructured } from "./read-structured.ts";
import { readText } from "./read-text.ts";
import type { Seen } from "./seen.ts";
import { type RawItem, type Truth, workOut } from "./truth.ts";

/** The lists that are asked about: small, whole, mostly dead, cut short, long. */
function makeLists(): readonly (readonly [string, string])[] {
  const world = createWorld();
  const ask = (task: object) => JSON.stringify(answerDomainPages(task, world).body);
  return [
    ["example.com, 12 pages", ask({ target: "example.com" })],
    ["example.org, 20 pages, most dead", ask({ target: "example.org" })],
    ["acme.example, first 40 of 93", ask({ target: "acme.example", limit: 40 })],
    ["acme.example, all 93", ask({ target: "acme.example" })],
    ["made, 100 of 2,000", makeBody(100)],
    ["made, 1,000 of 20,000", makeBody(1000)],
  ];
}

interface Score {
  asked: number;
  answered: number;
  wrong: string[];
}

/** Every question that has a true answer, put to what is seen. */
function examine(truth: Truth, seen: Seen): Score {
  const score: Score = { asked: 0, answered: 0, wrong: [] };
  for (const question of QUESTIONS) {
    const expected = question.truth(truth);
    if (expected === undefined) continue;
    score.asked += 1;
    const got = question.read(seen);
    if (got === undefined) continue;
    score.answered += 1;
    if (!isSame(got, expected)) score.wrong.push(`${question.ask} said ${got}, true is ${expected}`);
  }
  return score;
}

const isSame = (got: Value, expected: Value): boolean => String(got) === String(expected);

/** A plain table of seven columns, which is what one would get without condensing: whole or cut to the same tokens. */
function plainTable({ facts }: Truth): string {
  const lines = facts.map((f) => [f.url, f.status, f.rank, f.backlinks, f.domains, f.spam, f.title ?? ""].join(","));
  return ["url,status,rank,backlinks,ref_domains,spam,title", ...lines].join("\n");
}

const BAR = 85;

/** How many of the questions each form settles at first sight, and whether any answer is wrong. */
export async function benchQuestions(): Promise<string[]> {
  const lines: string[] = [];
  const totals = { text: [0, 0, 0], structured: [0, 0, 0] };
  for (const [name, body] of makeLists()) {
    const outcome = readEnvelope({ status: 200, headers: {}, body });
    if (!outcome.ok) throw outcome.error;
    const snapshot = importAnswer(DOMAIN_PAGES, outcome.answer);
    const truth = workOut(snapshot.request.target, snapshot.totalCount ?? 0, outcome.answer.items as RawItem[]);
    const answer = buildAnswer(snapshot, { maxTokens: 1500, surface: "mcp" });
    const forms = { text: renderText(answer), structured: JSON.stringify(renderStructured(answer)) };
    const scores = {
      text: examine(truth, readText(forms.text)),
      structured: examine(truth, readStructured(forms.structured)),
    };
    for (const form of ["text", "structured"] as const) {
      const { asked, answered, wrong } = scores[form];
      const total = totals[form];
      total[0] = (total[0] ?? 0) + asked;
      total[1] = (total[1] ?? 0) + answered;
      total[2] = (total[2] ?? 0) + wrong.length;
      lines.push(
        `${name}, ${form}: ${answered} of ${asked} settled, ${wrong.length} wrong, ${encode(forms[form]).length} tokens`,
        ...wrong.map((each) => `  WRONG ${each}`),
      );
    }
    lines.push(
      `  beside it: plain 7-column table ${encode(plainTable(truth)).length} tokens, raw JSON ${encode(body).length}`,
    );
  }
  for (const [form, [asked = 0, answered = 0, wrong = 0]] of Object.entries(totals)) {
    lines.push(
      `${form}: ${((100 * answered) / asked).toFixed(1)} % of ${asked} settled at first sight (bar ${BAR}), ${wrong} wrong (bar 0)`,
    );
  }
  return [`${QUESTIONS.length} questions`, ...lines];
}
