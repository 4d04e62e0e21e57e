import { describe, expect, it } from "vitest";
import { toChallenge, toMetadataPath, toResourceMetadata } from "../../../src/access/authenticate.ts";

describe("the challenge", () => {
  it("names no error where there was no credential", () => {
    expect(toChallenge({ problem: "missing" })).toBe('Bearer realm="domain-pages-mcp"');
  });

  it("says where tokens are to be had, and with which scopes", () => {
    const metadataUrl = "https://seo.example/.well-known/oauth-protected-resource/mcp";
    expect(toChallenge({ problem: "missing", scopes: ["pages:read", "snapshots:read"], metadataUrl })).toBe(
      `Bearer realm="domain-pages-mcp", scope="pages:read snapshots:read", resource_metadata="${metadataUrl}"`,
    );
  });

  it.each([
    ["malformed", "invalid_token"],
    ["invalid", "invalid_token"],
    ["scope", "insufficient_scope"],
  ] as const)("for %s is the error %s with words of its own", (problem, error) => {
    expect(toChallenge({ problem })).toMatch(new RegExp(`error="${error}", error_description="[\\w ,]+"$`));
  });

  it("cannot be ended early by what is in the URL", () => {
    const value = toChallenge({ problem: "missing", metadataUrl: 'https://seo.example/a"b\\c?d="e\\' });
    expect(value.match(/"/g)).toHaveLength(4);
    expect(value).not.toContain("\\");
  });

  it("leaves an empty list of scopes out", () => {
    expect(toChallenge({ problem: "missing", scopes: [] })).not.toContain("scope");
  });
});

describe("the protected resource metadata", () => {
  it("names the issuer, the scopes and the way tokens come", () => {
    const resource = "https://seo.example/mcp";
    expect(toResourceMetadata({ resource, issuer: "https://as.example", scopes: ["pages:read"] })).toEqual({
      resource,
      authorization_servers: ["https://as.example"],
      scopes_supported: ["pages:read"],
      bearer_methods_supported: ["header"],
      resource_name: "domain-pages-mcp",
    });
  });

  it("names no issuer where there is none", () => {
    expect(toResourceMetadata({ resource: "https://seo.example/mcp", scopes: [] })).not.toHaveProperty(
      "authorization_servers",
    );
  });

  it.each([
    ["https://seo.example", "/.well-known/oauth-protected-resource"],
    ["https://seo.example/", "/.well-known/oauth-protected-resource"],
    ["https://seo.example/mcp", "/.well-known/oauth-protected-resource/mcp"],
    ["https://seo.example/a/mcp/", "/.well-known/oauth-protected-resource/a/mcp/"],
    ["https://seo.example/mcp?k=1", "/.well-known/oauth-protected-resource/mcp?k=1"],
    ["https://seo.example/?k=1", "/.well-known/oauth-protected-resource?k=1"],
  ])("of %s is at %s", (resource, path) => {
    expect(toMetadataPath(resource)).toBe(path);
  });
});
