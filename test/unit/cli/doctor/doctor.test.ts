import { describe, expect, it } from "vitest";
import { beginExamination } from "../../../../src/cli/doctor/examination.ts";
import { readSettings } from "../../../../src/cli/doctor/read-settings.ts";
import { key, program } from "../../../../src/cli/doctor/set-up.ts";
import { createTestIo } from "../../../support/test-io.ts";

const look = (env: Record<string, string>) =>
  key.look(
    beginExamination(readSettings(env, {}), {}, createTestIo(["doctor"], { env }), {
      totalMs: 1000,
      connectMs: 1000,
      callMs: 1000,
    }),
  );

describe("the look at the key", () => {
  it("tells its shape and where it is from, and no character of it beyond the prefix", async () => {
    const [finding] = await look({ AISA_API_KEY: "sk-aisa-0123456789abcdef" });
    expect(finding).toEqual({ verdict: "ok", says: "starts with sk-aisa-, 24 characters, from AISA_API_KEY" });
  });

  it.each([
    ['sk-"aisa"-0123456789abcdef', "quotation marks"],
    ["sk-aisa-example-0123456789", "placeholder"],
    ["sk-proj-0123456789abcdef", "does not start with sk-aisa-"],
    ["sk-aisa-0123456789abcdefsk-aisa-0123456789abcdef", "twice"],
    ["sk-aisa-0123", "short"],
    [`sk-aisa-${"0".repeat(200)}`, "long"],
  ])("finds %s odd, which is no failure, and does not repeat it", async (apiKey, words) => {
    const [finding] = await look({ AISA_API_KEY: apiKey });
    expect(finding).toMatchObject({
      verdict: "note",
      todo: "Copy the key anew from your AIsa account into AISA_API_KEY.",
    });
    expect(finding?.says).toContain(words);
    expect(finding?.says).toContain(`${apiKey.length} characters`);
    expect(JSON.stringify(finding)).not.toContain(apiKey.replace(/^sk-aisa-/, ""));
  });

  it.each([
    '"sk-aisa-0123456789abcdef"',
    "sk-aisa-your-key",
    "sk-aisa-...",
    "<sk-aisa-0123456789abcdef>",
    "%AISA_API_KEY%",
  ])("leaves one out that the settings refuse: %s", async (apiKey) => {
    const [finding] = await look({ AISA_API_KEY: apiKey });
    expect(finding).toEqual({ verdict: "skip", says: "AISA_API_KEY cannot be used, see above" });
  });

  it("says how to go live without one", async () => {
    const [finding] = await look({});
    expect(finding).toMatchObject({ verdict: "note", todo: expect.stringContaining("Set AISA_API_KEY") });
  });

  it("says that one goes unused", async () => {
    const findings = await look({ AISA_API_KEY: "sk-aisa-0123456789abcdef", DOMAIN_PAGES_SOURCE: "sandbox" });
    expect(findings[1]?.says).toBe("there is one, but DOMAIN_PAGES_SOURCE is sandbox");
  });
});

describe("program", () => {
  it.each([
    ["20.18.1", "ok"],
    ["20.18.2", "ok"],
    ["20.20.0", "ok"],
    ["24.0.0-nightly", "ok"],
    ["100.0.0", "ok"],
    ["20.18.0", "FAIL"],
    ["20.9.9", "FAIL"],
    ["18.20.4", "FAIL"],
  ])("Node %s is %s", async (nodeVersion, verdict) => {
    const io = { ...createTestIo(["doctor"]), nodeVersion };
    const limits = { totalMs: 1000, connectMs: 1000, callMs: 1000 };
    expect(await program.look(beginExamination(readSettings({}, {}), {}, io, limits))).toMatchObject([{ verdict }]);
  });
});

describe("readSettings", () => {
  it("reads good ones as every command does", () => {
    const { config, problems } = readSettings({ DOMAIN_PAGES_KEEP_DAYS: "7" }, { "keep-days": "8" });
    expect({ keepDays: config.keepDays, problems }).toEqual({ keepDays: 8, problems: [] });
  });

  it("leaves bad ones out, tells each, and keeps the rest", () => {
    const env = { AISA_API_KEY: "two words", DOMAIN_PAGES_KEEP_DAYS: "soon", DOMAIN_PAGES_STORE_MB: "64" };
    const { config, problems, leftOut } = readSettings(env, { "fresh-hours": "-1" });
    expect(problems).toEqual([
      "AISA_API_KEY: must be visible ASCII without spaces",
      "--fresh-hours: must be at least 0",
      "DOMAIN_PAGES_KEEP_DAYS: must be a whole number, 1 to 3650",
    ]);
    expect(config).toMatchObject({ keepDays: 90, storeMb: 64, freshHours: 24 });
    expect(config.apiKey).toBeUndefined();
    expect([...leftOut].sort()).toEqual(["AISA_API_KEY", "DOMAIN_PAGES_FRESH_HOURS", "DOMAIN_PAGES_KEEP_DAYS"]);
  });

  it("tells of a second spelling that is bad as well", () => {
    const { problems, config } = readSettings(
      { https_proxy: "ftp://a.example", HTTPS_PROXY: "gopher://b.example" },
      {},
    );
    expect(problems.map((problem) => problem.split(":")[0])).toEqual(["https_proxy", "HTTPS_PROXY"]);
    expect(config.httpsProxy).toBe("");
  });

  it("does not ask for a key where a bad one was left out", () => {
    const { problems } = readSettings({ AISA_API_KEY: "two words", DOMAIN_PAGES_SOURCE: "aisa" }, {});
    expect(problems).toEqual(["AISA_API_KEY: must be visible ASCII without spaces"]);
  });

  it("tells of a password in a flag", () => {
    const { problems, config } = readSettings({}, { store: "redis://:secret@redis.internal" });
    expect(problems).toEqual([expect.stringContaining("--store: has a password")]);
    expect(config.store).toBe("disk");
  });
});
