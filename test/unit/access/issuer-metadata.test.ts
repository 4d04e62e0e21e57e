import { describe, expect, it } from "vitest";
import { fetchKeySetUrl, toMetadataUrls } from "../../../src/access/issuer-keys.ts";

describe("where an issuer's metadata is looked for", () => {
  it.each([
    ["https://as.example", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]],
    ["https://as.example/", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]],
    [
      "https://as.example/t/1/",
      [
        "/.well-known/oauth-authorization-server/t/1",
        "/.well-known/openid-configuration/t/1",
        "/t/1/.well-known/openid-configuration",
      ],
    ],
  ])("of %s", (issuer, paths) => {
    expect(toMetadataUrls(issuer).map(({ href }) => href)).toEqual(paths.map((path) => `https://as.example${path}`));
  });
});

describe("where an issuer's keys are", () => {
  const keysOf = (issuer: string, jwks_uri: string) =>
    fetchKeySetUrl(issuer, async (_url, read) => read({ issuer, jwks_uri })).then(({ href }) => href);

  it.each([
    ["https://as.example", "https://keys.example/jwks?p=1"],
    ["http://127.0.0.1:1", "http://localhost:2/jwks"],
    ["http://[::1]:1", "https://keys.example/jwks"],
  ])("may be, for %s, %s", async (issuer, url) => {
    expect(await keysOf(issuer, url)).toBe(url);
  });

  it.each([
    ["https://as.example", "http://keys.example/jwks"],
    ["https://as.example", "http://127.0.0.1/jwks"],
    ["http://127.0.0.1:1", "http://127.0.0.1.evil.example/jwks"],
    ["https://as.example", "https://u:p@keys.example/jwks"],
    ["https://as.example", "//keys.example/jwks"],
    ["https://as.example", "data:application/json,{}"],
  ])("may not be, for %s, %s", async (issuer, url) => {
    await expect(keysOf(issuer, url)).rejects.toThrow("names a jwks_uri that is not https");
  });
});
