// What a release needs beside the npm package: `tsx scripts/release/prepare.ts` packs the desktop bundle, names it with its
// hash in server.json, and writes release-notes.md. Run by the publish workflow on a tag; what it writes is not committed.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { packBundle } from "../packaging/pack-bundle.ts";
import { ROOT, readPackageFacts } from "../packaging/package-facts.ts";
import { toServerJson } from "../packaging/server-json.ts";
import { notesOfVersion } from "./changelog.ts";

const at = (file: string) => path.join(ROOT, file);

const facts = await readPackageFacts();
const notes = notesOfVersion(await readFile(at("CHANGELOG.md"), "utf8"), facts.version);
if (notes === "") throw new Error(`CHANGELOG.md has no part for ${facts.version}: release with \`npm version\``);

const bundle = await packBundle();
const file = `${facts.name}.mcpb`;
const url = `${facts.repositoryUrl}/releases/download/v${facts.version}/${file}`;
const sha256 = createHash("sha256").update(bundle).digest("hex");
await writeFile(at(file), bundle);
await writeFile(at("server.json"), `${JSON.stringify(toServerJson(facts, { url, sha256 }), undefined, 2)}\n`);
await writeFile(at("release-notes.md"), `${notes}\n`);
console.log(`${file} ${sha256}`);
