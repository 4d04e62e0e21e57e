import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runBuilt } from "../support/built.ts";
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
