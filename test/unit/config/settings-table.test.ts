import { describe, expect, it } from "vitest";
import { renderHelp } from "../../../src/cli/help.ts";
import { isFormer } from "../../../src/config/former-names.ts";
import { ALL_SETTINGS, type HttpConfig } from "../../../src/config/http-settings.ts";
import { loadHttpConfig } from "../../../src/config/load-config.ts";
import { readDocument } from "../../support/markdown.ts";

interface Case<Value> {
  typed: string;
  means: Value;
  /** What is refused, if anything is. */
  bad?: string;
}

/** One of each setting: what is typed, what it means, and what is no value of it. */
const CASES: { readonly [Key in keyof HttpConfig]-?: Case<HttpConfig[Key]> } = {
  apiKey: { typed: "sk-aisa-0123456789abcdef", means: "sk-aisa-0123456789abcdef", bad: "two words" },
  baseUrl: { typed: "https://gateway.example/v1/", means: "https://gateway.example/v1", bad: "ftp://gateway.example" },
  source: { typed: "sandbox", means: "sandbox", bad: "gateway" },
  gatewayHabits: { typed: " array, NO-cap ", means: ["no-cap", "array"], bad: "no-money" },
  unknownFields: { typed: "allow", means: "allow", bad: "yes" },
  maxPriceUsd: { typed: "0.1", means: 0.1, bad: "1001" },
  dailyBudgetUsd: { typed: "0", means: 0, bad: "-1" },
  askAboveUsd: { typed: "off", means: null, bad: "never" },
  store: { typed: "redis://redis.example:6379", means: { redisUrl: "redis://redis.example:6379" }, bad: "disc" },
  redisPrefix: { typed: "team-a:", means: "team-a:", bad: "team a" },
  cacheDir: { typed: "/var/cache/pages", means: "/var/cache/pages", bad: "cache" },
  freshHours: { typed: "0.5", means: 0.5, bad: "8761" },
  keepDays: { typed: "1", means: 1, bad: "0" },
  storeMb: { typed: "1", means: 1, bad: "0" },
  callsPerMinute: { typed: "600", means: 600, bad: "0" },
  callsAtOnce: { typed: "50", means: 50, bad: "51" },
  retryMs: { typed: "0", means: 0, bad: "1.5" },
  timeoutMs: { typed: "1000", means: 1000, bad: "999" },
  maxReplyMb: { typed: "1", means: 1, bad: "513" },
  answerTokens: { typed: "400", means: 400, bad: "399" },
  answerForm: { typed: "text", means: "text", bad: "json" },
  logLevel: { typed: "silent", means: "silent", bad: "loud" },
  httpsProxy: { typed: "proxy.example:3128", means: "http://proxy.example:3128", bad: "gopher://proxy.example" },
  httpProxy: { typed: "http://127.0.0.1:3128", means: "http://127.0.0.1:3128", bad: "http://proxy.example/path" },
  noProxy: { typed: "localhost,internal.example", means: "localhost,internal.example", bad: "a`b" },
  httpHost: { typed: "0.0.0.0", means: "0.0.0.0", bad: "http://0.0.0.0" },
  httpPort: { typed: "0", means: 0, bad: "65536" },
  publicUrl: { typed: "https://mcp.example/mcp", means: "https://mcp.example/mcp", bad: "http://mcp.example/mcp" },
  allowedHosts: { typed: "MCP.example, b.example", means: ["mcp.example", "b.example"], bad: "https://mcp.example" },
  allowedOrigins: { typed: "https://app.example/", means: ["https://app.example"], bad: "app.example" },
  tokensFile: { typed: "/etc/pages/tokens.json", means: "/etc/pages/tokens.json", bad: "tokens.json" },
  // What it holds is read where access is opened.
  tokens: { typed: "[]", means: "[]" },
  oauthIssuer: { typed: "https://issuer.example", means: "https://issuer.example", bad: "issuer.example" },
  oauthAudience: { typed: "pages", means: "pages", bad: "my pages" },
  oauthJwksUrl: { typed: "https://issuer.example/keys", means: "https://issuer.example/keys", bad: "/keys" },
  oauthTenantClaim: { typed: "org_id", means: "org_id", bad: "org id" },
  principalBudgetUsd: { typed: "off", means: null, bad: "much" },
  principalCallsPerMinute: { typed: "1", means: 1, bad: "0" },
  httpMaxBodyKb: { typed: "16", means: 16, bad: "15" },
  httpMaxConnections: { typed: "1", means: 1, bad: "0" },
  sessionMinutes: { typed: "1", means: 1, bad: "10081" },
  drainSeconds: { typed: "0", means: 0, bad: "601" },
};

const DOCUMENT = readDocument("docs/settings.md");

describe.each(ALL_SETTINGS)("the setting $key", (setting) => {
  const { key, facts, flag } = setting;
  const known = CASES[key as keyof HttpConfig];

  it("means what is typed, and what is no value of it is refused by its name", async () => {
    expect(known, `${key}: no case of this test`).toBeDefined();
    for (const name of facts.env) {
      const { config } = await loadHttpConfig({ [name]: known.typed });
      expect(config[key as keyof HttpConfig]).toEqual(known.means);
      if (known.bad === undefined) continue;
      await expect(loadHttpConfig({ [name]: known.bad })).rejects.toThrow(`${name}: `);
    }
  });

  it("is a flag unless it is secret, and the flag goes over the variable", async () => {
    expect(flag === undefined).toBe(facts.secret === true || !facts.env[0].startsWith("DOMAIN_PAGES_"));
    if (flag === undefined) return;
    const { config } = await loadHttpConfig({ [facts.env[0]]: known.bad ?? known.typed }, { [flag]: known.typed });
    expect(config[key as keyof HttpConfig]).toEqual(known.means);
  });

  it("has its row in the documents and in help, unless its name is a former one", () => {
    const isTold = !isFormer(setting);
    const row = `| ${facts.env.map((name) => `\`${name}\``).join(", ")} |`;
    expect(DOCUMENT.includes(row), `${key}: run npm run docs`).toBe(isTold);
    expect(new RegExp(`^ *${facts.env.join(" or ")} `, "m").test(renderHelp())).toBe(isTold);
  });
});
