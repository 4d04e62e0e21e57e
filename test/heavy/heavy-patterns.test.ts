import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parseFilter } from "../../src/lists/filters/parse-filter.ts";
import { PAGE_FIELDS } from "../../src/pages/page-fields.ts";
import { createChoices } from "../support/oracle-random.ts";
import type { HeavyAnswer, HeavyQuestion } from "./heavy-patterns-child.ts";

const CHILD = fileURLToPath(new URL("./heavy-patterns-child.ts", import.meta.url));
const TITLE_CHARS = 10_000;
const PAGES = 1000;

/** Ten to a hundred times what the slowest takes; a pattern that backtracks takes years. */
const DEADLINE_MS = 45_000;
const TEST_MS = 60_000;

let running: ChildProcess | undefined;

async function start(): Promise<ChildProcess> {
  const child = fork(CHILD, { execArgv: ["--import", "tsx"] });
  await once(child, "message");
  return child;
}

/** Asks in a process of its own, since nothing else could end a stall. Undefined when it does not answer in time. */
async function ask(question: HeavyQuestion, deadlineMs: number): Promise<HeavyAnswer | undefined> {
  running ??= await start();
  const child = running;
  const answer = once(child, "message", { signal: AbortSignal.timeout(deadlineMs) });
  child.send(question);
  try {
    const [message] = await answer;
    return message as HeavyAnswer;
  } catch {
    running = undefined;
    child.kill("SIGKILL");
    await once(child, "exit");
    return undefined;
  }
}

afterAll(async () => {
  if (running === undefined) return;
  running.kill();
  await once(running, "exit");
});

/** Three titles of some unit over and over: plain, with an end that no pattern wants, and with the one that some do. */
const titlesOf = (unit: string): string[] =>
  ["", "!", "xbc"].map((end) => unit.repeat(TITLE_CHARS / unit.length).slice(0, TITLE_CHARS - end.length) + end);

/** Half of a long piece stands everywhere, the whole of it nowhere. */
const nearly = (half: number): string => `%${"a".repeat(half)}b${"a".repeat(half)}%`;

/** No part of it comes again, so an automaton meets a new state at every character. */
function withoutPeriod(): string {
  const { one } = createChoices(1);
  return Array.from({ length: TITLE_CHARS }, () => one(["a", "b"])).join("");
}

const many = (count: number, make: (index: number) => string, joint: string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(joint);

/** Operator, pattern, the titles' unit, and which of the three titles are selected. */
const HEAVY: readonly [string, string, string, readonly [boolean, boolean, boolean]][] = [
  ["regex", "(a+)+$", "a", [true, false, false]],
  ["regex", "(a|aa)+$", "a", [true, false, false]],
  ["regex", "(a*)*b", "a", [false, false, true]],
  ["regex", "(.*)*x", "a", [false, false, true]],
  ["regex", "(x+x+)+y", "x", [false, false, false]],
  ["regex", "^(\\w+\\s?)*$", "a ", [true, false, true]],
  ["regex", "^(([a-z])+.)+[A-Z]([a-z])+$", "a", [false, false, false]],
  ["regex", "\\b(\\w+\\b ?)*!", "a ", [false, true, false]],
  ["regex", ".*.*.*.*.*.*.*.*=$", "=", [true, false, false]],
  ["regex", "(?i)(ß|ss|k)+$", "kß", [true, false, false]],
  ["regex", "a{1,1000}$", "a", [true, false, false]],
  ["regex", "((a{1,31}){1,31})$", "a", [true, false, false]],
  ["regex", "((a{1,100}){1,10})$", "a", [true, false, false]],
  ["regex", `${"a?".repeat(300)}a{300}xbc$`, "a", [false, false, true]],
  ["regex", "(a|b)*a(a|b){8}xbc$", "ab", [false, false, true]],
  ["regex", many(200, (index) => `b${index}`, "|"), "a", [false, false, false]],
  ["regex", `${"(".repeat(400)}a${")".repeat(400)}$`, "a", [true, false, false]],
  ["like", "%a".repeat(5000), "a", [true, false, false]],
  ["like", `${"%a".repeat(4999)}%q`, "a", [false, false, false]],
  ["like", "%a%b".repeat(2500), "ab", [true, false, false]],
  ["like", nearly(99), "a", [false, false, false]],
  ["like", nearly(150), "a", [false, false, false]],
  ["like", nearly(2500), "a", [false, false, false]],
  ["like", `${`%${"a".repeat(149)}`.repeat(60)}%q%`, "a", [false, false, false]],
  ["ilike", `%${"A".repeat(5000)}B%`, "a", [false, false, false]],
  ["match", many(1500, (index) => `a${index}`, " "), "a1 b2 ", [false, false, false]],
  ["match", "a ".repeat(5000), "a ", [true, true, true]],
];

it.each(
  HEAVY.map(
    ([operator, pattern, ...rest]) => [`${operator} ${pattern.slice(0, 40)}`, operator, pattern, ...rest] as const,
  ),
)(
  "%s answers for 1,000 pages with titles of 10,000 characters",
  async (_, operator, pattern, unit, expected) => {
    const titles = titlesOf(unit);
    for (const [index, title] of titles.entries()) {
      const pages = Math.ceil((PAGES - index) / titles.length);
      const answer = await ask({ operator, pattern, titles: [title], pages }, DEADLINE_MS);
      expect(answer).toEqual({ selected: expected[index] ? pages : 0 });
    }
  },
  TEST_MS,
);

describe("the slowest that the language allows", () => {
  // A thousand counted steps over a class of a thousand ranges outgrow the automaton's memory of 8 MB, which is why
  // it is walked without one: up to half a second for a title of 10,000 characters.
  it.each([
    ["[\\p{L}\\p{N}]{1,1000}$", "aé"],
    ["(\\p{L}{1,100}){1,10}$", "aé"],
    ["(a|b)*a(a|b){200}[ab]{0,50}xbc$", withoutPeriod()],
  ])(
    "answers too, page by page: %s",
    async (pattern, unit) => {
      const [, , title = ""] = titlesOf(unit);
      const answer = await ask({ operator: "regex", pattern, titles: [title], pages: 2 }, DEADLINE_MS);
      expect(answer).toEqual({ selected: 2 });
    },
    TEST_MS,
  );
});

it.each(
  [
    "((a{1,100}){1,100})",
    "(((a{10}){10}){10}){10}",
    "a{1,1001}",
    "(a{1,1000}){2}",
    "a".repeat(1001),
    `(${many(5000, () => "a", "|")})`,
    `${"(?:".repeat(499)}${")".repeat(499)}`,
  ].map((pattern) => [pattern.slice(0, 40), pattern] as const),
)("a regex too large to compile is refused before any page: %s", (_, pattern) => {
  const rules = { argument: "filters", fields: PAGE_FIELDS, mapBareNames: false, allowUnknown: false } as const;
  expect(() => parseFilter(["meta.title", "regex", pattern], rules)).toThrow(
    /may have 10{3,4} characters|multiply this regex to|not a valid RE2/,
  );
});

it(
  "a pattern that backtracks would be told by its deadline",
  async () => {
    const question = { operator: "backtrack", pattern: "(a+)+$", titles: titlesOf("a").slice(1), pages: 1 };
    expect(await ask(question, 2000)).toBeUndefined();
  },
  TEST_MS,
);
