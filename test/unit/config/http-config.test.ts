import { describe, expect, it } from "vitest";
import { loadHttpConfig } from "../../../src/config/load-config.ts";

describe("the settings of the HTTP service", () => {
  it("stand beside those that every command has, and are reported with them", async () => {
    const env = { DOMAIN_PAGES_TIMEOUT_MS: "1", DOMAIN_PAGES_HTTP_MAX_BODY_KB: "1" };
    await expect(loadHttpConfig(env, { "http-port": "70000" })).rejects.toMatchObject({
      message: [
        "DOMAIN_PAGES_TIMEOUT_MS: must be at least 1000",
        "--http-port: must be at most 65535",
        "DOMAIN_PAGES_HTTP_MAX_BODY_KB: must be at least 16",
      ].join("\n"),
    });
  });

  it("listens on the loopback address and gives each caller a budget unless told otherwise", async () => {
    expect((await loadHttpConfig({})).config).toMatchObject({
      httpHost: "127.0.0.1",
      httpPort: 8080,
      allowedHosts: [],
      allowedOrigins: [],
      principalBudgetUsd: 1,
      drainSeconds: 30,
    });
  });

  it("takes lists of names and origins", async () => {
    const { config } = await loadHttpConfig({
      DOMAIN_PAGES_HTTP_ALLOWED_HOSTS: "mcp.example.com, MCP.internal ,[::1]",
      DOMAIN_PAGES_HTTP_ALLOWED_ORIGINS: "https://app.example.com/, http://localhost:*,moz-extension://4711-ab",
    });
    expect(config.allowedHosts).toEqual(["mcp.example.com", "mcp.internal", "[::1]"]);
    expect(config.allowedOrigins).toEqual(["https://app.example.com", "http://localhost:*", "moz-extension://4711-ab"]);
  });

  it.each([
    ["DOMAIN_PAGES_HTTP_PUBLIC_URL", "http://mcp.example.com/mcp", "must be https (http only on the loopback address)"],
    ["DOMAIN_PAGES_HTTP_PUBLIC_URL", "mcp.example.com", "must be a URL such as https://mcp.example.com/mcp"],
    [
      "DOMAIN_PAGES_HTTP_OAUTH_ISSUER",
      "https://me:pw@id.example.com",
      "must have no user name, password, query or fragment",
    ],
    [
      "DOMAIN_PAGES_HTTP_ALLOWED_HOSTS",
      "https://mcp.example.com",
      "must be host names such as mcp.example.com, without scheme or port",
    ],
    ["DOMAIN_PAGES_HTTP_ALLOWED_HOSTS", "*", "must be host names such as mcp.example.com, without scheme or port"],
    [
      "DOMAIN_PAGES_HTTP_ALLOWED_ORIGINS",
      "https://app.example.com/path",
      "must be origins such as https://app.example.com, without a path",
    ],
    ["DOMAIN_PAGES_HTTP_ALLOWED_ORIGINS", "*", "must be origins such as https://app.example.com, without a path"],
    ["DOMAIN_PAGES_HTTP_TOKENS_FILE", "tokens.json", "must be an absolute path"],
  ])("refuses %s=%s", async (name, value, rule) => {
    await expect(loadHttpConfig({ [name]: value })).rejects.toMatchObject({
      kind: "config",
      message: `${name}: ${rule}`,
    });
  });
});
