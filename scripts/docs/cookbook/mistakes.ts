import { AppError, describeFailure } from "../../../src/errors.ts";
import { fence, toMarkdownTable } from "../markdown.ts";
import { toJsonLine } from "./render-recipes.ts";
import { createRecipeRunner, type RunRecipe } from "./run-recipes.ts";

type Arguments = Readonly<Record<string, unknown>>;

const ABOVE_TEN = ["page_summary.backlinks", ">", 10];

const NINE_CODES = [400, 401, 403, 404, 405, 410, 500, 502, 503];

const joinByOr = (members: readonly unknown[]): unknown[] =>
  members.flatMap((member, at) => (at === 0 ? [member] : ["or", member]));

/** What goes wrong most, each with the arguments that do it. All are refused before anything is sent. */
export const MISTAKES: readonly { what: string; args: Arguments }[] = [
  {
    what: "“and” and “or” at one level",
    args: { filters: [["status_code", "=", 404], "and", ABOVE_TEN, "or", ["status_code", "=", 410]] },
  },
  { what: "Two conditions and no word between them", args: { filters: [["status_code", ">=", 400], ABOVE_TEN] } },
  { what: "A condition as an object", args: { filters: { field: "status_code", operator: ">=", value: 400 } } },
  { what: "A field that does not exist", args: { filters: ["page_summary.backlink_count", ">", 10] } },
  { what: "A country in `filters`", args: { filters: ["page_summary.referring_links_countries.US", ">", 0] } },
  {
    what: "A whole breakdown instead of one of its keys",
    args: { filters: ["page_summary.referring_links_tld", ">", 0] },
  },
  { what: "An operator of another type", args: { filters: ["status_code", "like", "4%"] } },
  { what: "An operator of another language", args: { filters: ["page", "contains", "/blog/"] } },
  { what: "Text where a number belongs", args: { filters: ["page_summary.backlinks", ">", "many"] } },
  { what: "A list without `in`", args: { filters: ["status_code", "=", [404, 410]] } },
  { what: "A regex that RE2 does not know", args: { filters: ["page", "regex", "^(?!.*blog)"] } },
  { what: "No time", args: { filters: ["fetch_time", ">", "last month"] } },
  {
    what: "More than eight conditions",
    args: { filters: joinByOr(NINE_CODES.map((code) => ["status_code", "=", code])) },
  },
  { what: "A sorting rule without direction", args: { order_by: ["page_summary.backlinks"] } },
  { what: "An argument of another name", args: { filter: ABOVE_TEN } },
];

/** What is read all the same, and told. */
const READ_KINDLY: readonly Arguments[] = [
  { filters: ["backlinks", ">", 10] },
  { filters: '[["status_code",">=",400]]' },
  { filters: ["status_code", "!=", "200"] },
  { filters: ["fetch_time", "<", "2026-10-01"] },
];

/** @throws when the arguments are not refused */
export async function findRefusal(run: RunRecipe, args: Arguments): Promise<string> {
  const outcome = await run({ tool: "get_domain_pages", args: { target: "acme.example", ...args } }).catch(
    (error: unknown) => error,
  );
  if (outcome instanceof AppError && outcome.kind === "input") return describeFailure(outcome);
  throw new Error(`${JSON.stringify(args)} is not refused: ${String(outcome)}`);
}

export async function renderMistakes(): Promise<string> {
  const run = createRecipeRunner();
  const entries: string[] = [];
  for (const { what, args } of MISTAKES) {
    entries.push(`**${what}**\n\n${fence("json", toJsonLine(args))}\n\n${fence("text", await findRefusal(run, args))}`);
  }
  return entries.join("\n\n");
}

export async function renderReadKindly(): Promise<string> {
  const run = createRecipeRunner();
  const rows: string[][] = [];
  for (const args of READ_KINDLY) {
    const { notes, pages } = await run({ tool: "get_domain_pages", args: { target: "acme.example", ...args } });
    rows.push([`\`${JSON.stringify(args)}\``, notes.join("; ") || "(nothing: it means what it says)", String(pages)]);
  }
  return toMarkdownTable(["You write", "The answer notes", "Pages"], rows);
}
