import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toJwtPrincipal } from "../../../src/access/jwt-check.ts";

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
