import { describe, expect, it } from "vitest";
import { beginExamination } from "../../../../src/cli/doctor/examination.ts";
import { readSettings } from "../../../../src/cli/doctor/read-settings.ts";
import { key } from "../../../../src/cli/doctor/set-up.ts";
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
    ["AISA_API_KEY=sk-aisa-0123456789abcdef", "does not start with sk-aisa-"],
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
