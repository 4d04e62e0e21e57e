import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fetchKeySetUrl, toMetadataUrls } from "../../../src/access/issuer-keys.ts";
import { createCheckedTokens, toJwtPrincipal } from "../../../src/access/jwt-check.ts";
import type { Principal } from "../../../src/access/principal.ts";

const alice: Principal = {
  name: "oauth:alice",
  tenant: "tenant:a",
  scopes: new Set(),
  dailyBudgetUsd: null,
  callsPerMinute: null,
};

function open() {
  let time = 1_000_000;
  return {
    checked: createCheckedTokens(() => time),
    pass: (ms: number) => {
      time += ms;
    },
    far: time + 3_600_000,
  };
}

describe("tokens that were checked a moment ago", () => {
  it("are known for less than a minute", () => {
    const { checked, pass, far } = open();
    checked.add("t", alice, far);
    pass(59_999);
    expect(checked.get("t")).toBe(alice);
    pass(1);
    expect(checked.get("t")).toBeUndefined();
  });

  it("are not known past their end", () => {
    const { checked, pass } = open();
    checked.add("t", alice, 1_000_500);
    pass(499);
    expect(checked.get("t")).toBe(alice);
    pass(1);
    expect(checked.get("t")).toBeUndefined();
  });

  it("are not known once the clock was set back", () => {
    const { checked, pass, far } = open();
    checked.add("t", alice, far);
    pass(-1);
    expect(checked.get("t")).toBeUndefined();
  });

  it("are a thousand at most; what was used longest ago goes first", () => {
    const { checked, far } = open();
    for (let index = 0; index < 1000; index += 1) checked.add(`t${index}`, alice, far);
    expect(checked.get("t0")).toBe(alice);
    checked.add("one more", alice, far);
    expect(checked.get("t0")).toBe(alice);
    expect(checked.get("t1")).toBeUndefined();
    expect(checked.get("t2")).toBe(alice);
    expect(checked.get("one more")).toBe(alice);
  });
});

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

const ISSUER = "https://as.example";
const settings = { issuer: ISSUER, dailyBudgetUsd: null };
const of = (claims: object, more: object = {}) => toJwtPrincipal({ exp: 1, ...claims }, { ...settings, ...more });

describe("the name of an OAuth caller", () => {
  it.each(["4711", "alice@example.com", "a.b_c-d:e", "x".repeat(94)])("holds the subject %s as it is", (sub) => {
    expect(of({ sub }).name).toBe(`oauth:${sub}`);
  });

  it.each(["auth0|abc", "~0", "Ünal", "a b", "line\nfeed", "x".repeat(95)])("hides the subject %j in a hash", (sub) => {
    expect(of({ sub }).name).toMatch(/^oauth:~[0-9a-f]{32}$/);
  });

  it("is another for another subject, and for a hashed one of another issuer", () => {
    expect(of({ sub: "a|b" }).name).not.toBe(of({ sub: "a|c" }).name);
    expect(of({ sub: "a|b" }).name).not.toBe(of({ sub: "a|b" }, { issuer: "https://b.example" }).name);
  });

  it("fits ledger, log and metrics whatever the subject is, and is never shared", () => {
    const subject = fc.oneof(fc.string({ unit: "binary", minLength: 1 }), fc.stringMatching(/^~[0-9a-f]{32}$/));
    fc.assert(
      fc.property(subject, subject, (one, other) => {
        const name = of({ sub: one }).name;
        expect(name).toMatch(/^[A-Za-z0-9._@:~-]{1,100}$/);
        expect(name === of({ sub: other }).name).toBe(one === other);
      }),
      { endOnFailure: true },
    );
  });
});

describe("the tenant of an OAuth caller", () => {
  it("is the one that the claim names", () => {
    expect(of({ sub: "a", org: "team-a" }, { tenantClaim: "org" }).tenant).toBe("tenant:team-a");
  });

  it("is its own without the claim, without a setting, and never by a name that looks like another's", () => {
    const own = of({ sub: "a" }, { tenantClaim: "org" }).tenant;
    expect(own).toMatch(/^sub:[0-9a-f]{32}$/);
    expect(of({ sub: "a", org: "team-a" }).tenant).toBe(own);
    expect(of({ sub: "b", org: own }, { tenantClaim: "org" }).tenant).toBe(`tenant:${own}`);
    expect(of({ sub: "b", org: "token:alice" }, { tenantClaim: "org" }).tenant).toBe("tenant:token:alice");
  });

  it("is another for the same subject of another issuer", () => {
    expect(of({ sub: "a" }).tenant).not.toBe(of({ sub: "a" }, { issuer: "https://b.example" }).tenant);
  });

  it("does not come from what every object has", () => {
    expect(of({ sub: "a" }, { tenantClaim: "constructor" }).tenant).toMatch(/^sub:/);
  });

  it.each(["", "a b", "a\u200bb", "a\nb", "x".repeat(201), 7, null, ["a"], {}])("cannot be %j", (org) => {
    expect(() => of({ sub: "a", org }, { tenantClaim: "org" })).toThrow("tenant claim");
  });
});

describe("the scopes of an OAuth caller", () => {
  it.each([
    [{ scope: "pages:read snapshots:read" }, ["pages:read", "snapshots:read"]],
    [{ scp: ["pages:read", "x"] }, ["pages:read"]],
    [{ scp: "openid snapshots:read" }, ["snapshots:read"]],
    [{ scope: "pages:read", scp: ["metrics:read"] }, ["pages:read", "metrics:read"]],
    [{ scope: "pages:reader PAGES:READ pages:read,snapshots:read" }, []],
    [{ scope: 7, scp: { a: 1 } }, []],
    [{ scp: [7, null, ["pages:read"]] }, []],
    [{}, []],
  ])("of %j are %j", (claims, scopes) => {
    expect([...of({ sub: "a", ...claims }).scopes]).toEqual(scopes);
  });
});
