import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/packaging/package-facts.ts";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { type InstalledPackage, installPackage, packPackage, toUserEnv } from "../support/install-package.ts";

const run = promisify(execFile);

let installed: Omit<InstalledPackage, "files">;

beforeAll(async () => {
  installed = await installPackage((await packPackage()).tarball);
});

/** Writes a user's program beside the installed package, and runs it. */
async function runProgram(name: string, code: string, env: Record<string, string> = {}): Promise<string> {
  const file = path.join(installed.app, name);
  await writeFile(file, code);
  const { stdout } = await run(process.execPath, [file], { cwd: installed.app, env: { ...toUserEnv(), ...env } });
  return stdout;
}

describe("who has the package installed", () => {
  const npx = async (...args: string[]) =>
    (await run("npx", ["domain-pages-mcp", ...args], { cwd: installed.app, env: toUserEnv() })).stdout;

  it("calls it by its name", async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, "package.json"), "utf8"));
    expect((await npx("--version")).trim()).toBe(version);
    expect(await npx("get", "acme.example", "--limit", "3")).toMatch(/^SANDBOX: .*\nacme\.example: 3 of 93 URLs/);
  });

  it("plugs it into a client", async () => {
    const client = new Client({ name: "test", version: "0" });
    const command = path.join(installed.app, "node_modules/.bin/domain-pages-mcp");
    await client.connect(new StdioClientTransport({ command, env: toUserEnv(), stderr: "ignore" }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("get_domain_pages");
    const got = await client.callTool({ name: "get_domain_pages", arguments: { target: "acme.example", limit: 5 } });
    const { snapshot_id } = got.structuredContent as { snapshot_id: string };
    const asked = await client.callTool({ name: "query_domain_pages", arguments: { snapshot_id, status: "broken" } });
    expect(asked.structuredContent).toMatchObject({ snapshot_id, rows_matched: 1 });
    await client.close();
  });

  it("reaches the library and nothing behind it", async () => {
    const code = (name: string) =>
      `import(${JSON.stringify(name)}).then((all) => console.log(Object.keys(all).length), ({ code }) => console.log(code));`;
    expect(Number(await runProgram("ask.mjs", code("domain-pages-mcp/pages")))).toBeGreaterThan(10);
    for (const name of ["domain-pages-mcp", "domain-pages-mcp/dist/pages.js", "domain-pages-mcp/dist/main.js"]) {
      expect(await runProgram("ask.mjs", code(name))).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED\n");
    }
  });
});

describe("who writes a program with the library", () => {
  let sandbox: SandboxServer;

  beforeAll(async () => {
    sandbox = await serveSandbox({ world: createWorld(), port: 0, prices: { perCallUsd: 0.024, perPageUsd: 0 } });
  });
  afterAll(() => sandbox.close());

  it("may begin with the one in its documentation", async () => {
    const program = /```js\n(import \{[\s\S]*?)```/.exec(
      await readFile(path.join(ROOT, "docs/library.md"), "utf8"),
    )?.[1];
    const env = { AISA_BASE_URL: `${sandbox.origin}/apis/v1` };
    const said = await runProgram("program.mjs", program ?? "", env);
    expect(said).toMatch(/^acme\.example: 50 of 93 URLs fetched/);
    expect(said).toContain("; charged $0.024;");
    expect(said).toContain("\nwhere status broken\n");
    expect(said).toContain("# Redirect map for acme.example");
    expect(said).toMatch(/\nlimit: must be a whole number, 1 to 1000, got "5000"; try 1000\nNot charged\.\n$/);
  });

  it("may be one of CommonJS, where Node can require ES modules", async () => {
    const code =
      'console.log(require("domain-pages-mcp/pages").parseRequest({ target: "acme.example" }).request.target);';
    expect(await runProgram("program.cjs", code)).toBe("acme.example\n");
  });
});

/** Uses every kind of thing that the library has, as a careful TypeScript user would. */
const TYPED = `
import {
  type Answer, AppError, compare, condense, describeFailure, EXPORT_FILES, exportSnapshot, parseRequest, query,
  type Question, readReply, readSavedAnswer, requestSchema, type RequestBody, type Snapshot, toRequestBody, toRequestKey,
} from "domain-pages-mcp/pages";

export async function ask(body: string, headers: Map<string, string>): Promise<Answer[]> {
  const { request, notes } = parseRequest({ target: "acme.example" } satisfies RequestBody);
  const sent: RequestBody = toRequestBody(request);
  const key: string = toRequestKey(request, sent.target);
  const snapshot: Snapshot = readReply({ status: 200, headers, body }, { request, receivedAt: null });
  const ranks: (number | null)[] = snapshot.items.map(({ rank }) => rank);
  const question = { status: "broken", limit: ranks.length } satisfies Question;
  const files: string[] = await Promise.all(EXPORT_FILES.map(({ name }) => exportSnapshot(snapshot, name)));
  const saved = readSavedAnswer(files.join());
  return [condense(snapshot, { maxTokens: 500, notes: [key, ...notes] }), query(saved, question), compare(saved, snapshot)];
}

export const say = (error: unknown): string =>
  error instanceof AppError && error.kind === "input" ? describeFailure(error) : JSON.stringify(requestSchema());
`;

/** The compiler that the project has, and the oldest that one of its tools brings along. */
const COMPILERS = ["typescript", "@arethetypeswrong/core/node_modules/typescript"] as const;

const KINDS = [
  { module: "node16", moduleResolution: "node16" },
  { module: "nodenext", moduleResolution: "nodenext" },
  { module: "esnext", moduleResolution: "bundler" },
] as const;

describe.each(COMPILERS)("who compiles with %s", (compiler) => {
  const compile = async (code: string, options: object): Promise<string> => {
    const compilerOptions = {
      ...options,
      target: "es2023",
      lib: ["es2023"],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    };
    await writeFile(path.join(installed.app, "typed.ts"), code);
    await writeFile(
      path.join(installed.app, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["typed.ts"] }),
    );
    const tsc = path.join(ROOT, "node_modules", compiler, "bin/tsc");
    return run(process.execPath, [tsc, "-p", installed.app], { cwd: installed.app }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  };

  it.each(KINDS)("under $moduleResolution gets every type, with no other package and nothing skipped", async (kind) => {
    expect(await compile(TYPED, kind)).toBe("");
  });

  it.each(KINDS)("under $moduleResolution is told of what is wrong", async (kind) => {
    const wrong = `${TYPED}\nexport const rank: string = readSavedAnswer("").items[0]?.rank;\ncondense(1);\n`;
    expect((await compile(wrong, kind)).match(/error TS\d+/g)).toEqual(["error TS2322", "error TS2345"]);
  });
});
