// Run by npm for `npm version 0.2.0` (or `minor`, …), between setting the version and the commit: names what is unreleased
// in CHANGELOG.md, makes all files anew that hold the version, and has them committed with it.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { DOCUMENTS } from "../docs/documents.ts";
import { ROOT, readPackageFacts } from "../packaging/package-facts.ts";
import { releaseChangelog } from "./changelog.ts";

const CHANGELOG = path.join(ROOT, "CHANGELOG.md");

const { version } = await readPackageFacts();
const today = new Date().toISOString().slice(0, 10);
await writeFile(CHANGELOG, releaseChangelog(await readFile(CHANGELOG, "utf8"), version, today));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
execFileSync(npm, ["run", "--silent", "docs"], { cwd: ROOT, stdio: "inherit" });
const changed = ["CHANGELOG.md", ...DOCUMENTS.map((document) => document.path)];
execFileSync("git", ["add", "--", ...changed], { cwd: ROOT, stdio: "inherit" });
