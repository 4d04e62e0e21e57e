import { benchCondense } from "./condense.ts";
import { benchQuery } from "./query.ts";
import { benchQuestions } from "./questions/run.ts";
import { benchStartup } from "./startup.ts";
import { benchTokens } from "./tokens.ts";

// `npm run bench`: figures as ratios against something run beside them in the same process or loop.
const SECTIONS = {
  startup: benchStartup,
  condense: benchCondense,
  query: benchQuery,
  tokens: benchTokens,
  questions: benchQuestions,
} as const;

const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`## ${name}`);
  for (const line of await bench()) console.log(line);
  console.log();
}
