import { PACKAGING_FILES } from "../packaging/files.ts";
import { filesTable, findingsTable, redirectFormats } from "./answer-parts.ts";
import { CAPTURES } from "./captures/captures.ts";
import { checksTable, exitCodeTable } from "./command-parts.ts";
import { backlinkFields, operatorTable, pageFields } from "./cookbook/filter-language.ts";
import { renderMistakes, renderReadKindly } from "./cookbook/mistakes.ts";
import { renderRecipes } from "./cookbook/render-recipes.ts";
import { asWhole, type GeneratedDocument, withParts } from "./document.ts";
import { FAILURES } from "./failures/failures.ts";
import { commandNotFound, ownMistake } from "./failures/outside-failures.ts";
import { renderFailures } from "./failures/render-failures.ts";
import { frameworkExample } from "./framework-example.ts";
import { renderArrows, roomsTable } from "./rooms.ts";
import { sampleAnswer } from "./sample-answer.ts";
import { promptsSentence, resourcesTable } from "./server-parts.ts";
import { httpSettingsTable, settingsTable } from "./settings-table.ts";
import { workedSession } from "./worked-session.ts";

/** Every file with something generated in it. */
export const DOCUMENTS: readonly GeneratedDocument[] = [
  withParts("README.md", {
    answer: sampleAnswer,
  }),
  withParts("docs/clients.md", {
    "example:langchain": () => frameworkExample("langchain"),
    "example:openai-agents": () => frameworkExample("openai-agents"),
    "example:ai-sdk": () => frameworkExample("ai-sdk"),
  }),
  withParts("docs/tools.md", { prompts: promptsSentence, resources: resourcesTable, files: filesTable }),
  withParts("docs/answer.md", { findings: findingsTable, "redirect-formats": redirectFormats }),
  withParts("docs/costs.md", { session: workedSession }),
  withParts("docs/settings.md", {
    settings: settingsTable,
    "http-settings": httpSettingsTable,
    "exit-codes": exitCodeTable,
  }),
  withParts("docs/filters.md", {
    operators: operatorTable,
    recipes: renderRecipes,
    mistakes: renderMistakes,
    "read-kindly": renderReadKindly,
    "page-fields": pageFields,
    "backlink-fields": backlinkFields,
  }),
  withParts("docs/troubleshooting.md", {
    checks: checksTable,
    "command-not-found": commandNotFound,
    "set-up": () => renderFailures(FAILURES.setUp),
    network: () => renderFailures(FAILURES.network),
    limits: () => renderFailures(FAILURES.limits),
    "own-limits": () => renderFailures(FAILURES.ownLimits),
    answers: () => renderFailures(FAILURES.answers),
    "own-mistake": ownMistake,
  }),
  asWhole("biome.rooms.json", renderArrows),
  withParts("docs/architecture.md", { rooms: roomsTable }),
  ...CAPTURES,
  ...PACKAGING_FILES,
];
