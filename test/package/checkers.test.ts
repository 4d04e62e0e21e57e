import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { beforeAll, describe, expect, it } from "vitest";
import { installPackage, packPackage } from "../support/install-package.ts";
import { makeTempFolder } from "../support/temp-home.ts";

/** An entry of ES modules alone: what older CommonJS resolution makes of it is not promised. */
const PROMISED = ["node16-esm", "bundler"];

async function findTypeProblems(tarball: string): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  if (!result.types) return ["the package has no types"];
  return result.problems
    .filter((problem) => !("resolutionKind" in problem) || PROMISED.includes(problem.resolutionKind))
    .map((problem) => JSON.stringify(problem));
}

async function findPackageProblems(tarball: string): Promise<string[]> {
  const { folder } = await installPackage(tarball);
  const { messages } = await publint({ pkgDir: folder, pack: false, strict: true, level: "suggestion" });
  return messages.map((message) => JSON.stringify(message));
}

/** The same package with something wrong in its manifest. */
async function packWith(change: (manifest: Record<string, unknown>) => void): Promise<string> {
  const { folder } = await installPackage((await packPackage()).tarball);
  const copy = makeTempFolder();
  await cp(folder, copy, { recursive: true });
  const file = path.join(copy, "package.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  change(manifest);
  await writeFile(file, JSON.stringify(manifest));
  return (await packPackage(copy)).tarball;
}

describe("those who check packages", () => {
  let tarball: string;

  beforeAll(async () => {
    tarball = (await packPackage()).tarball;
  });

  it("publint finds nothing to say, not even a suggestion", async () => {
    expect(await findPackageProblems(tarball)).toEqual([]);
  });

  it("are-the-types-wrong finds nothing wrong", async () => {
    expect(await findTypeProblems(tarball)).toEqual([]);
  });

  it("both would find an entry that leads nowhere", async () => {
    const broken = await packWith((manifest) => {
      manifest["exports"] = { "./pages": { types: "./dist/types/none.d.ts", default: "./dist/none.js" } };
    });
    expect((await findPackageProblems(broken)).join()).toContain("FILE_DOES_NOT_EXIST");
    expect((await findTypeProblems(broken)).join()).toContain("NoResolution");
  });
});
