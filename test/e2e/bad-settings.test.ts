import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { BUILT, finish, runBuilt } from "../support/built.ts";
import { makeTempFolder } from "../support/temp-home.ts";

/** What users have written, or their hosts have made of it. */
const BAD: readonly (readonly [name: string, value: string])[] = [
  ["HTTPS_PROXY", '"http://127.0.0.1:3128"'],
  ["NO_PROXY", '"localhost,127.0.0.1"'],
  ["AISA_API_KEY", '"sk-aisa-swordfish"'],
  ["AISA_API_KEY", "{{AISA_API_KEY}}"],
  ["AISA_API_KEY", "YOUR_API_KEY"],
  ["HOME", ""],
  ["XDG_CACHE_HOME", "rel"],
  ["XDG_DATA_HOME", "./rel"],
];

describe.each(BAD)("%s=%s", (name, value) => {
  it.each([["get", "acme.example"], [], ["doctor"]])(
    "is refused at the start by its name, and writes nothing where it was started: %s",
    async (...args) => {
      const cwd = makeTempFolder();
      const { code, stdout, stderr } = await runBuilt(args, { env: { [name]: value }, cwd });
      expect(code).toBe(2);
      const said = args[0] === "doctor" ? stdout : stderr;
      expect(said).toMatch(new RegExp(`(?:^domain-pages-mcp: |^FAIL {2}settings {5})${name}: (?:must|holds) `, "m"));
      expect(stdout + stderr).not.toMatch(/swordfish|mistake in this program/);
      expect(readdirSync(cwd)).toEqual([]);
    },
  );
});

describe("a user id without an account, and no HOME", () => {
  /** As the system answers then, to whoever asks for the home folder. */
  const preload = path.join(makeTempFolder(), "no-home.cjs");
  writeFileSync(
    preload,
    `require("node:os").homedir = () => { throw Object.assign(new Error("uv_os_homedir returned ENOENT"), { code: "ERR_SYSTEM_ERROR" }); };
     require("node:module").syncBuiltinESMExports();`,
  );
  const run = (args: readonly string[], env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, ["--require", preload, BUILT, ...args], { env: { ...env } });
    child.stdin.end();
    return finish(child);
  };

  it.each([["get", "acme.example"], ["spend"], [], ["http", "--port", "0"], ["doctor"]])(
    "are refused at the start in words that name the variables: %s",
    async (...args) => {
      const { code, stdout, stderr } = await run(args);
      expect(code).toBe(2);
      expect(stdout + stderr).toMatch(
        /HOME: is not set, and this user has no account .* or set DOMAIN_PAGES_CACHE_DIR/,
      );
      expect(stdout + stderr).not.toContain("mistake in this program");
    },
  );

  it.each<Record<string, string>>([{ DOMAIN_PAGES_STORE: "memory" }, { DOMAIN_PAGES_CACHE_DIR: makeTempFolder() }])(
    "do no harm where no home is needed: %j",
    async (env) => {
      const { code, stdout, stderr } = await run(["get", "acme.example", "--limit", "1"], env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("acme.example: 1 of 93");
    },
  );
});
