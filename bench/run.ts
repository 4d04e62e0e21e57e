import { benchCondense } from "./condense.ts";
import { benchKept } from "./kept.ts";
import { benchQuery } from "./query.ts";
import { benchQuestions } from "./questions/run.ts";
import { runSections } from "./run-sections.ts";
import { benchStartup } from "./startup.ts";
import { benchTokens } from "./tokens.ts";
import { benchView } from "./view.ts";

// `npm run bench`: figures as ratios against something run beside them in the same process or loop.
await runSections({
  startup: benchStartup,
  condense: benchCondense,
  query: benchQuery,
  kept: benchKept,
  view: benchView,
  tokens: benchTokens,
  questions: benchQuestions,
});
