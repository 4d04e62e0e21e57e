import { describe, expect, it } from "vitest";
import { readSettings } from "../../../../src/cli/doctor/read-settings.ts";

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
