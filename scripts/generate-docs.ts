// Writes what is generated of the documents: `npm run docs`. With `--check` it writes nothing and fails when something is
// not up to date. A path narrows it down: `npm run docs -- docs/images`.

import { updateDocuments } from "./docs/document.ts";
import { DOCUMENTS } from "./docs/documents.ts";

const args = process.argv.slice(2);
const check = args.includes("--check");
const paths = args.filter((arg) => !arg.startsWith("--"));
const chosen = DOCUMENTS.filter(({ path }) => paths.length === 0 || paths.some((each) => path.startsWith(each)));
if (chosen.length === 0) throw new Error(`there is no generated document at ${paths.join(", ")}`);

const outdated = await updateDocuments(chosen, check);
for (const path of outdated) console.log(`${check ? "not up to date" : "written"}: ${path}`);
if (check && outdated.length > 0) {
  console.error("run `npm run docs` and commit the result");
  process.exitCode = 1;
}
