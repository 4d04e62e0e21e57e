import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../../src/cli/args.ts";
import { renderHelp } from "../../../src/cli/help.ts";
import { FORMER_NAMES, isFormer } from "../../../src/config/former-names.ts";
import { ALL_SETTINGS } from "../../../src/config/http-settings.ts";
import { loadConfig, loadHttpConfig } from "../../../src/config/load-config.ts";
import { ROOT, readDocument } from "../../support/markdown.ts";

/** A value of each, and what becomes of it. */
const CASES: Readonly<Record<string, [value: string, config: Record<string, unknown>]>> = {
  DOMAIN_PAGES_SEND_PRICE_CAP: ["off", { gatewayHabits: ["no-cap"] }],
  DOMAIN_PAGES_SEND_IDEMPOTENCY_KEY: ["No", { gatewayHabits: ["no-key"] }],
  DOMAIN_PAGES_QUOTES: ["false", { gatewayHabits: ["no-quotes"] }],
  DOMAIN_PAGES_BODY_FORM: ["array", { gatewayHabits: ["array"] }],
  DOMAIN_PAGES_MAX_REPLY_MB: ["1", { maxReplyMb: 1 }],
  DOMAIN_PAGES_HTTP_MAX_BODY_KB: ["16", { httpMaxBodyKb: 16 }],
};

/** Variables that are no settings. */
const OTHER = ["DOMAIN_PAGES_PATH"];

const toFlag = (env: string) => env.replace("DOMAIN_PAGES_", "").toLowerCase().replaceAll("_", "-");

describe.each(FORMER_NAMES.map(({ env }) => env))("the former name %s", (env) => {
  const [value, expected] = CASES[env] ?? ["", {}];

  it("does what it did, and says in one sentence what stands in its place, if anything does", async () => {
    const { config, former } = await loadHttpConfig({ [env]: value });
    expect(config, `${env}: no case of this test`).toMatchObject(expected);
    expect(expected).not.toEqual({});
    const [word] = ([] as unknown[]).concat(expected["gatewayHabits"] ?? []);
    const sentence = `${env} is a former name: put ${word} into DOMAIN_PAGES_GATEWAY_HABITS instead`;
    expect(former).toEqual(word === undefined ? [] : [sentence]);
  });

  it("is a flag as it was", async () => {
    const flag = toFlag(env);
    const { settings } = parseCommandLine(["http", `--${flag}`, value], ALL_SETTINGS);
    const { config, former } = await loadHttpConfig({}, settings);
    expect(config).toMatchObject(expected);
    for (const sentence of former) expect(sentence).toContain(`--${flag} is a former name`);
  });

  it("stands in no help, and in the documents as a former name alone", () => {
    expect(renderHelp()).not.toContain(env);
    const told = readDocument("docs/settings.md").split("\n");
    expect(told.filter((line) => line.startsWith("|") && line.includes(env))).toEqual([]);
    expect(told.join("\n"), `${env}: the line on former names`).toContain(env.replace(/^DOMAIN_PAGES/, ""));
  });
});

it("says of the default that it can be left out", () => {
  const { config, former } = loadConfig({ DOMAIN_PAGES_QUOTES: "on", DOMAIN_PAGES_BODY_FORM: "auto" });
  expect(config.gatewayHabits).toEqual([]);
  expect(former).toEqual([
    "DOMAIN_PAGES_QUOTES is a former name: leave it out, what it says is the default",
    "DOMAIN_PAGES_BODY_FORM is a former name: leave it out, what it says is the default",
  ]);
});

it("adds what former names say to today's", () => {
  const { config } = loadConfig({
    DOMAIN_PAGES_GATEWAY_HABITS: "No-Key, array",
    DOMAIN_PAGES_SEND_PRICE_CAP: "off",
    DOMAIN_PAGES_QUOTES: "off",
  });
  expect(config.gatewayHabits).toEqual(["no-cap", "no-key", "no-quotes", "array"]);
});

it("puts a former flag over the former variable", () => {
  expect(loadConfig({ DOMAIN_PAGES_SEND_PRICE_CAP: "off" }, { "send-price-cap": "on" }).config.gatewayHabits).toEqual(
    [],
  );
});

it.each<[Record<string, string>, string]>([
  [{ DOMAIN_PAGES_QUOTES: "maybe" }, "DOMAIN_PAGES_QUOTES: must be on or off"],
  [{ DOMAIN_PAGES_BODY_FORM: "list" }, "DOMAIN_PAGES_BODY_FORM: must be one of auto, object, array"],
  [{ DOMAIN_PAGES_QUOTES: '"off"' }, "DOMAIN_PAGES_QUOTES: must be written without quotation marks"],
  [
    { DOMAIN_PAGES_SEND_PRICE_CAP: "on", DOMAIN_PAGES_GATEWAY_HABITS: "no-cap" },
    "DOMAIN_PAGES_SEND_PRICE_CAP: speaks against no-cap in DOMAIN_PAGES_GATEWAY_HABITS; leave this former name out",
  ],
  [
    { DOMAIN_PAGES_BODY_FORM: "object", DOMAIN_PAGES_GATEWAY_HABITS: "array" },
    "DOMAIN_PAGES_BODY_FORM: speaks against array in DOMAIN_PAGES_GATEWAY_HABITS; leave this former name out",
  ],
  [{ DOMAIN_PAGES_GATEWAY_HABITS: "object,array" }, "DOMAIN_PAGES_GATEWAY_HABITS: must name one of object, array"],
])("refuses what cannot be meant, by the name that was typed: %o", (env, message) => {
  expect(() => loadConfig(env)).toThrow(message);
});

describe("what is written in the program and in its documents", () => {
  const SETTINGS_PAGE = "docs/settings.md";
  const files = ["src", "docs", "deploy"].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  const texts = [...files, "README.md", "PRIVACY.md", "llms-install.md", "manifest.json", "server.json"].filter(
    (file) =>
      /\.(?:tsx?|md|json|ya?ml|service)$/.test(file) && !file.startsWith("src/config/") && file !== SETTINGS_PAGE,
  );
  const today = ALL_SETTINGS.filter((setting) => !isFormer(setting)).flatMap(({ facts }) => facts.env);

  it("names only settings that there are, by the names that they have today", () => {
    const unknown = texts.flatMap((file) =>
      (readDocument(file).match(/\bDOMAIN_PAGES_[A-Z_]*[A-Z]\b(?!_)/g) ?? [])
        .filter((name) => !today.includes(name) && !OTHER.includes(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(texts.length).toBeGreaterThan(200);
    expect(unknown).toEqual([]);
  });
});
