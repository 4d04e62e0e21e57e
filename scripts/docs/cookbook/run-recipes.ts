import { createOrganisation } from "../../../src/compose/organisation.ts";
import type { App } from "../../../src/compose/use-cases.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import type { Cell } from "../../../src/lists/cells.ts";
import { createLog } from "../../../src/log.ts";
import { DOCUMENTS_NOW } from "../run-command.ts";
import type { Recipe } from "./recipe.ts";

/** What a recipe brings back. */
export interface Outcome {
  /** Pages that meet the conditions. */
  pages: number;
  /** Of so many. */
  pagesOfAll: number;
  /** Backlinks of the rows. */
  backlinks: number;
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** What was read differently from how it was written. */
  notes: readonly string[];
}

export type RunRecipe = (recipe: Pick<Recipe, "tool" | "args">) => Promise<Outcome>;

const now = () => DOCUMENTS_NOW;

/** More than the sandbox's largest site has. */
const EVERYTHING = 1000;

/**
 * The product over its sandbox, in this process: the way from arguments to answer is the one that every caller's take.
 * What is bought and what is asked lie in two stores: a query without a snapshot's id asks the newest answer of its
 * target, and that is not to be one of a recipe's.
 * @throws what the product throws, for arguments that it refuses
 */
export function createRecipeRunner(): RunRecipe {
  const [shop, kept] = [openApp(), openApp()];
  const fetchWhole = createFetchWhole(kept);
  return async ({ tool, args }) => {
    const pagesOfAll = await fetchWhole(String(args["target"]));
    if (tool === "query_domain_pages") {
      const answer = await kept.queryPages(args, { surface: "mcp" });
      return {
        pages: answer.itemsMatched,
        pagesOfAll,
        backlinks: answer.backlinksMatched,
        columns: answer.table?.columns ?? [],
        rows: answer.table?.rows ?? [],
        notes: answer.notes,
      };
    }
    const { columns, rows, notes, itemsTotal, backlinksShown } = await fetchPages(shop, args);
    return { pages: itemsTotal ?? 0, pagesOfAll, backlinks: backlinksShown, columns, rows, notes };
  };
}

function openApp(): App {
  const { config } = loadConfig({ DOMAIN_PAGES_STORE: "memory", DOMAIN_PAGES_ANSWER_TOKENS: "20000" });
  const log = createLog({ level: "silent", write: () => {}, secrets: [], now });
  return createOrganisation({ config, log, now }).appFor();
}

const fetchPages = (app: App, args: Recipe["args"]) =>
  app.getPages({ limit: EVERYTHING, ...args }, { signal: new AbortController().signal, surface: "mcp" });

/** Every site is fetched once, whole: what free questions are put to, and what filtered answers are held against. */
function createFetchWhole(app: App): (target: string) => Promise<number> {
  const counts = new Map<string, Promise<number>>();
  return (target) => {
    const count = counts.get(target) ?? fetchPages(app, { target }).then(({ itemsTotal }) => itemsTotal ?? 0);
    counts.set(target, count);
    return count;
  };
}
