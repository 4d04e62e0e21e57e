import type { Cell } from "../../../src/lists/cells.ts";
import { countOf, formatCount } from "../../../src/lists/text.ts";
import { fence } from "../markdown.ts";
import { LINK_RECIPES } from "./link-recipes.ts";
import { PAGE_RECIPES } from "./page-recipes.ts";
import type { Recipe, RecipeGroup } from "./recipe.ts";
import { createRecipeRunner, type Outcome, type RunRecipe } from "./run-recipes.ts";

export const RECIPES: readonly RecipeGroup[] = [...PAGE_RECIPES, ...LINK_RECIPES];

/** What most questions turn on; the rest of a row only makes the page longer. */
const SHOWN = ["http", "backlinks", "ref_domains"];

const ROWS_SHOWN = 3;

const MAX_LINE = 110;

/** Every recipe with what the sandbox answers to it. */
export async function renderRecipes(): Promise<string> {
  const run = createRecipeRunner();
  const groups: string[] = [];
  for (const { title, intro, recipes } of RECIPES) {
    const entries: string[] = [];
    for (const recipe of recipes) entries.push(await renderRecipe(recipe, run));
    groups.push([`### ${title}`, ...(intro === undefined ? [] : [intro]), ...entries].join("\n\n"));
  }
  return groups.join("\n\n");
}

async function renderRecipe(recipe: Recipe, run: RunRecipe): Promise<string> {
  const outcome = await run(recipe);
  return [
    `**${recipe.question}** \`${recipe.tool}\``,
    fence("json", toJsonLine(recipe.args)),
    ...(recipe.note === undefined ? [] : [recipe.note]),
    `${describe(outcome)}\n\n${fence("text", toLines(outcome, recipe).join("\n"))}`,
  ].join("\n\n");
}

const describe = ({ pages, pagesOfAll, backlinks }: Outcome): string =>
  `→ ${countOf(pages, "page")} of ${pagesOfAll}, ${formatCount(backlinks)} backlinks`;

function toLines({ columns, rows }: Outcome, { show = SHOWN, args }: Recipe): string[] {
  const isGroups = args["group_by"] !== undefined;
  const wanted = isGroups || args["columns"] !== undefined ? columns.filter((name) => name !== "id") : ["url", ...show];
  const places = wanted.map((name) => columns.indexOf(name)).filter((place) => place >= 0);
  const shown = rows.slice(0, ROWS_SHOWN).map((row) => places.map((place) => toText(row[place])).join(","));
  const more = rows.length - shown.length;
  return [places.map((place) => columns[place]).join(","), ...shown, ...(more > 0 ? [`… ${more} more`] : [])];
}

const toText = (cell: Cell | undefined): string => (cell === null || cell === undefined ? "" : String(cell));

/** On one line where it fits, else an argument a line. */
export function toJsonLine(args: Readonly<Record<string, unknown>>): string {
  const whole = JSON.stringify(args);
  if (whole.length <= MAX_LINE) return whole;
  const lines = Object.entries(args).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(",\n")}\n}`;
}
