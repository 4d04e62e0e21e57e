import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createAuthenticate,
  parseBearer,
  toChallenge,
  toMetadataPath,
  toResourceMetadata,
} from "../../../src/access/authenticate.ts";
import { AccessDenied, type CheckToken, type Principal } from "../../../src/access/principal.ts";
import { AppError } from "../../../src/errors.ts";
import { createLog } from "../../../src/log.ts";
import { caught } from "../../support/caught.ts";

const principal = (name: string): Principal => ({
  name,
  tenant: name,
  scopes: new Set(),
  dailyBudgetUsd: null,
  callsPerMinute: null,
});

const problemOf = (header: string | undefined): string => {
  const error = caught(() => parseBearer(header));
  if (!(error instanceof AccessDenied)) throw error;
  return error.problem;
};

describe("the Authorization header", () => {
  it.each([
    ["Bearer abc", "abc"],
    ["bearer abc", "abc"],
    ["BEARER abc", "abc"],
    ["Bearer    abc", "abc"],
    ["Bearer a.b-c_d~e+f/g==", "a.b-c_d~e+f/g=="],
  ])("%j carries the token %s", (header, token) => {
    expect(parseBearer(header)).toBe(token);
  });

  it.each([
    [undefined, "missing"],
    ["", "missing"],
    ["Basic dXNlcjpwYXNz", "missing"],
    ["Basic abc, Bearer abc", "missing"],
    ["dpm_abcdefgh_AAAA", "missing"],
    ["Bearers abc", "missing"],
    ["Bearer", "malformed"],
    ["Bearer ", "malformed"],
    ["Bearer\tabc", "malformed"],
    ["Bearer  \tabc", "malformed"],
    ["Bearer abc ", "malformed"],
    ["Bearer abc def", "malformed"],
    ["Bearer abc, Bearer abc", "malformed"],
    ["Bearer abc,def", "malformed"],
    ["Bearer =abc", "malformed"],
    ["Bearer ab=c", "malformed"],
    ['Bearer "abc"', "malformed"],
    ["Bearer abc\n", "malformed"],
    ["Bearer abc\r\nX-Evil: 1", "malformed"],
    ["Bearer abc\u0000", "malformed"],
    ["Bearer tökèn", "malformed"],
    ["Bearer\u00a0abc", "malformed"],
    ["Bearer:abc", "malformed"],
    [`Bearer ${"a".repeat(20_000)}`, "malformed"],
  ])("%j is %s", (header, problem) => {
    expect(problemOf(header)).toBe(problem);
  });

  it("carries every b64token as it is, and nothing that is none", () => {
    const b64token = fc.stringMatching(/^[A-Za-z0-9\-._~+/]+=*$/);
    const scheme = fc.constantFrom("Bearer", "bearer", "BEARER", "bEaReR");
    fc.assert(
      fc.property(scheme, fc.integer({ min: 1, max: 5 }), b64token, (word, spaces, token) => {
        expect(parseBearer(word + " ".repeat(spaces) + token)).toBe(token);
      }),
      { endOnFailure: true },
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        fc.pre(!/^ *[A-Za-z0-9\-._~+/]+=*$/.test(text));
        expect(problemOf(`Bearer ${text}`)).toBe("malformed");
      }),
      { endOnFailure: true },
    );
  });

  it("is refused with words that hold nothing of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 12, maxLength: 60 }), (text) => {
        fc.pre(!/^bearer +[A-Za-z0-9\-._~+/]+=*$/i.test(text));
        expect(caught(() => parseBearer(text)).message).not.toContain(text);
      }),
      { endOnFailure: true },
    );
  });
});

describe("who checks a token", () => {
  const open = (deps: { tokens?: CheckToken; jwt?: CheckToken }) => {
    const lines: string[] = [];
    const log = createLog({ level: "debug", write: (line) => lines.push(line), secrets: [], now: () => 0 });
    return { authenticate: createAuthenticate({ ...deps, log }), lines };
  };
  const tokens: CheckToken = async (token) => principal(`book ${token}`);
  const jwt: CheckToken = async (token) => principal(`jwt ${token}`);

  it("is the book for what begins with dpm_, and only for that", async () => {
    const { authenticate } = open({ tokens, jwt });
    expect((await authenticate("Bearer dpm_x")).name).toBe("book dpm_x");
    expect((await authenticate("Bearer DPM_x")).name).toBe("jwt DPM_x");
    expect((await authenticate("Bearer a.b.c")).name).toBe("jwt a.b.c");
  });

  it("is nobody where that kind is not taken", async () => {
    await expect(open({ tokens }).authenticate("Bearer a.b.c")).rejects.toMatchObject({ problem: "invalid" });
    await expect(open({ jwt }).authenticate("Bearer dpm_x")).rejects.toMatchObject({ problem: "invalid" });
    await expect(open({}).authenticate("Bearer dpm_x")).rejects.toMatchObject({ problem: "invalid" });
  });

  it("leaves a line for a denial, without the token, and less loud where there was none", async () => {
    const { authenticate, lines } = open({ tokens });
    await authenticate("Bearer secret-secret secret").catch(() => {});
    await authenticate("Bearer a.secret.c").catch(() => {});
    await authenticate(undefined).catch(() => {});
    expect(lines.map((line) => JSON.parse(line)).map(({ level, event, problem }) => [level, event, problem])).toEqual([
      ["warn", "access.denied", "malformed"],
      ["warn", "access.denied", "invalid"],
      ["debug", "access.denied", "missing"],
    ]);
    expect(lines.join("")).not.toContain("secret");
  });

  it("passes other failures on, unlogged: whoever answers the request logs those", async () => {
    const down = new AppError("unavailable", "not now");
    const { authenticate, lines } = open({ jwt: () => Promise.reject(down) });
    await expect(authenticate("Bearer a.b.c")).rejects.toBe(down);
    expect(lines).toEqual([]);
  });
});

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
