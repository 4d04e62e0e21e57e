import { readFile } from "node:fs/promises";

/**
 * The page of the interactive view, whole. From source it is what `npm run build` made; in a build this module is
 * replaced by one that holds the page itself (`scripts/inline-view.mjs`).
 */
export const readViewPage = (): Promise<string> => readFile(new URL("../../dist/view.html", import.meta.url), "utf8");
