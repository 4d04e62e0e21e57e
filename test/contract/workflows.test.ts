import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../scripts/packaging/package-facts.ts";

interface Job {
  needs?: string;
  permissions?: Record<string, string>;
  steps: { uses?: string; run?: string; name?: string }[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const read = (file: string) => readFile(path.join(ROOT, file), "utf8");
const readWorkflow = async (name: string): Promise<Workflow> => parse(await read(`.github/workflows/${name}`));

/** The lines that a job's steps run. */
const linesOf = ({ steps }: Job): string[] => steps.flatMap(({ run = "" }) => run.split("\n")).filter(Boolean);

describe.each(["ci.yml", "publish.yml"])("the workflow %s", (name) => {
  it("may read, and nothing else unless a job says so", async () => {
    const { permissions, on } = await readWorkflow(name);
    expect(permissions).toEqual({ contents: "read" });
    expect(Object.keys(on)).not.toContain("pull_request_target");
  });

  it("uses nothing but the platform's own actions, and no stored secret", async () => {
    const text = await read(`.github/workflows/${name}`);
    const used = Object.values((await readWorkflow(name)).jobs).flatMap(({ steps }) => steps.map(({ uses }) => uses));
    expect(used.filter((action) => action !== undefined)).not.toEqual([]);
    for (const action of used) if (action !== undefined) expect(action).toMatch(/^actions\/[\w-]+@v\d+$/);
    expect(text).not.toContain("secrets.");
  });

  it("runs what exists", async () => {
    const { scripts } = JSON.parse(await read("package.json"));
    for (const job of Object.values((await readWorkflow(name)).jobs)) {
      for (const line of linesOf(job)) {
        const script = /^npm run ([\w:-]+)/.exec(line)?.[1];
        if (script !== undefined) expect(Object.keys(scripts)).toContain(script);
        const file = /^(?:npx tsx|bash) (\S+)/.exec(line)?.[1];
        if (file !== undefined) await expect(read(file)).resolves.not.toBe("");
      }
    }
  });
});

describe("publishing", () => {
  it("comes after all that CI checks, for a tag that is the package's version", async () => {
    const { on, jobs } = await readWorkflow("publish.yml");
    expect(on).toEqual({ push: { tags: ["v*.*.*"] } });
    expect(jobs["publish"]?.needs).toBe("check");
    const checks = linesOf(jobs["check"] as Job);
    expect(checks.at(-1)).toBe("bash .ci/run");
    expect(checks[0]).toContain('"$GITHUB_REF_NAME"');
  });

  it("proves where the package comes from, in the one job that may", async () => {
    const { jobs } = await readWorkflow("publish.yml");
    expect(jobs["publish"]?.permissions).toEqual({ contents: "write", "id-token": "write" });
    expect(jobs["check"]?.permissions).toBeUndefined();
    expect(JSON.parse(await read("package.json")).publishConfig).toEqual({ access: "public", provenance: true });
    const [prepare, publish] = ["npx tsx scripts/release/prepare.ts", "npm publish"].map((line) =>
      linesOf(jobs["publish"] as Job).indexOf(line),
    );
    expect(prepare).toBeGreaterThan(0);
    expect(publish).toBeGreaterThan(prepare as number);
  });
});

describe("what CI runs", () => {
  it("is every kind of test that there is", async () => {
    const { scripts } = JSON.parse(await read("package.json"));
    const run = await read(".ci/run");
    const kinds = Object.keys(scripts).filter((name) => name.startsWith("test:"));
    expect(kinds.length).toBeGreaterThan(5);
    for (const kind of [...kinds, "types", "lint", "docs", "conformance"]) {
      expect(run, `.ci/run lacks ${kind}`).toContain(`npm run --silent ${kind}`);
    }
    expect(run).toContain("'npm ci && npm test' README.md");
  });

  it("leaves out on a second Node only tests of what uses nothing of Node", async () => {
    const [, list = ""] = /--exclude "test\/unit\/pages\/\{([\w,]+)\}\/\*\*"/.exec(await read(".ci/run")) ?? [];
    const folders = list.split(",");
    expect(folders.length).toBeGreaterThan(3);
    for (const folder of folders) {
      await expect(readdir(path.join(ROOT, "test/unit/pages", folder))).resolves.not.toEqual([]);
      for (const file of await readdir(path.join(ROOT, "src/pages", folder), { recursive: true })) {
        if (!file.endsWith(".ts")) continue;
        expect(await read(path.join("src/pages", folder, file)), `${folder}/${file}`).not.toContain('from "node:');
      }
    }
  });
});
