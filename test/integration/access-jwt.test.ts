import { createHmac, sign } from "node:crypto";
import { once } from "node:events";
import { exportSPKI } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuthenticate } from "../../src/access/authenticate.ts";
import { createJwtCheck, type JwtCheckDeps } from "../../src/access/jwt-check.ts";
import { AccessDenied, type Authenticate } from "../../src/access/principal.ts";
import { AppError } from "../../src/errors.ts";
import { createLog } from "../../src/log.ts";
import { type Issuer, type IssuerKey, json, makeKey, signToken, startIssuer } from "./access-issuer.ts";

const NOW = Date.UTC(2026, 10, 24, 9, 30);
const NOW_S = NOW / 1000;
const AUDIENCE = "https://seo.example/mcp";
const METADATA = "/.well-known/oauth-authorization-server";

let issuer: Issuer;
let key: IssuerKey;
let rsa: IssuerKey;
let stranger: IssuerKey;

beforeAll(async () => {
  issuer = await startIssuer();
  [key, rsa, stranger] = await Promise.all([makeKey("k1"), makeKey("k2", "RS256"), makeKey("k1")]);
});
afterAll(() => issuer.close());

beforeEach(() => {
  issuer.asked.length = 0;
  issuer.answers.clear();
  issuer.answers.set(METADATA, json({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` }));
  issuer.answers.set("/jwks", json({ keys: [key.jwk, rsa.jwk] }));
});

/** A server with one issuer, its clock in our hands, its log kept. */
function open(settings: Partial<JwtCheckDeps> = {}) {
  let time = NOW;
  const lines: string[] = [];
  const log = createLog({ level: "debug", write: (line) => lines.push(line), secrets: [], now: () => time });
  const jwt = createJwtCheck({
    issuer: issuer.url,
    audience: AUDIENCE,
    dailyBudgetUsd: 2,
    now: () => time,
    ...settings,
  });
  const authenticate = createAuthenticate({ jwt, log });
  return {
    authenticate: (token: string) => authenticate(`Bearer ${token}`),
    pass: (ms: number) => {
      time += ms;
    },
    lines,
  };
}

const goodClaims = () => ({
  iss: issuer.url,
  aud: AUDIENCE,
  sub: "4711",
  iat: NOW_S - 10,
  exp: NOW_S + 600,
  scope: "pages:read",
});

const failureOf = async (call: ReturnType<Authenticate>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error) => error,
  );

const base64url = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** Signs bytes that no library would write. */
function signRaw(header: string, payload: string): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  const signature = sign("sha256", Buffer.from(input), {
    key: key.privateKey as never,
    dsaEncoding: "ieee-p1363",
  });
  return `${input}.${signature.toString("base64url")}`;
}

describe("an access token of the trusted issuer", () => {
  it("says who the caller is", async () => {
    const { authenticate } = open({ tenantClaim: "org" });
    const token = await signToken(key, { ...goodClaims(), org: "team-a", scope: "openid pages:read snapshots:read" });
    expect(await authenticate(token)).toEqual({
      name: "oauth:4711",
      tenant: "tenant:team-a",
      scopes: new Set(["pages:read", "snapshots:read"]),
      dailyBudgetUsd: 2,
      callsPerMinute: null,
      expiresAt: NOW_S + 600,
    });
  });

  it.each(["RS256", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"])("may be signed with %s", async (alg) => {
    const other = await makeKey("k3", alg);
    issuer.answers.set("/jwks", json({ keys: [key.jwk, other.jwk] }));
    const { authenticate } = open();
    expect((await authenticate(await signToken(other, goodClaims()))).name).toBe("oauth:4711");
  });

  it.each([{ typ: "at+jwt" }, { typ: "application/at+jwt" }, { typ: "JWT" }, { typ: undefined }])(
    "may be of type $typ",
    async (header) => {
      const { authenticate } = open();
      expect((await authenticate(await signToken(key, goodClaims(), header))).name).toBe("oauth:4711");
    },
  );

  it("may be for more than one audience", async () => {
    const { authenticate } = open();
    const token = await signToken(key, { ...goodClaims(), aud: ["https://other.example", AUDIENCE] });
    expect((await authenticate(token)).name).toBe("oauth:4711");
  });

  it("is good within the tolerance of 5 s, before and after", async () => {
    const { authenticate } = open();
    const early = await signToken(key, { ...goodClaims(), nbf: NOW_S + 5, iat: NOW_S + 5 });
    const late = await signToken(key, { ...goodClaims(), exp: NOW_S - 4 });
    expect((await authenticate(early)).name).toBe("oauth:4711");
    expect((await authenticate(late)).name).toBe("oauth:4711");
  });

  it("is not looked at twice within a minute, and never past its end", async () => {
    const { authenticate, pass } = open({ clockToleranceSeconds: 0 });
    const token = await signToken(key, { ...goodClaims(), exp: NOW_S + 30 });
    const first = await authenticate(token);
    pass(29_000);
    expect(await authenticate(token)).toBe(first);
    pass(1_000);
    expect(await failureOf(authenticate(token))).toMatchObject({ problem: "invalid", message: "it has expired" });
  });

  it("is checked anew after a minute", async () => {
    const { authenticate, pass } = open();
    const token = await signToken(key, goodClaims());
    const first = await authenticate(token);
    pass(60_000);
    const second = await authenticate(token);
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
  });
});

describe("the attack table", () => {
  type Attack = [name: string, make: () => string | Promise<string>, detail: RegExp];

  const attacks: Attack[] = [
    ["expired", () => signToken(key, { ...goodClaims(), exp: NOW_S - 5 }), /expired/],
    ["not yet valid", () => signToken(key, { ...goodClaims(), nbf: NOW_S + 6 }), /claim nbf/],
    ["issued in the future", () => signToken(key, { ...goodClaims(), iat: NOW_S + 6 }), /iat/],
    ["for another audience", () => signToken(key, { ...goodClaims(), aud: "https://other.example" }), /claim aud/],
    [
      "for an audience that ours begins with",
      () => signToken(key, { ...goodClaims(), aud: "https://seo.example" }),
      /aud/,
    ],
    ["without audience", () => signToken(key, { ...goodClaims(), aud: undefined } as never), /claim aud is missing/],
    ["of another issuer", () => signToken(key, { ...goodClaims(), iss: "https://evil.example" }), /claim iss/],
    ["without issuer", () => signToken(key, { ...goodClaims(), iss: undefined } as never), /claim iss is missing/],
    ["without end", () => signToken(key, { ...goodClaims(), exp: undefined } as never), /claim exp is missing/],
    ["with a text for its end", () => signRaw(header(), payload({ exp: "9999999999" })), /claim exp/],
    ["without subject", () => signToken(key, { ...goodClaims(), sub: undefined } as never), /claim sub is missing/],
    ["with a number for its subject", () => signRaw(header(), payload({ sub: 4711 })), /sub is not a text/],
    ["with an empty subject", () => signToken(key, { ...goodClaims(), sub: "" }), /sub is not a text/],
    ["of another type", () => signToken(key, goodClaims(), { typ: "logout+jwt" }), /typ/],
    ["with a type that is no text", () => signRaw(header({ typ: 1 }), payload()), /./],
    ["alg none", () => `${base64url({ alg: "none" })}.${base64url(goodClaims())}.`, /neither/],
    ["alg none with a signature", () => `${base64url({ alg: "none" })}.${base64url(goodClaims())}.AAAA`, /algorithm/],
    ["alg NONE", () => `${base64url({ alg: "NONE" })}.${base64url(goodClaims())}.AAAA`, /algorithm/],
    ["HS256 signed with the public key (PEM)", () => confuse(), /algorithm/],
    ["HS256 signed with the public key (JWK)", () => hmac(JSON.stringify(rsa.jwk)), /algorithm/],
    ["an unknown kid", () => signToken(key, goodClaims(), { kid: "nobody" }), /key is not one of the issuer's/],
    ["a known kid, another key", () => signToken(stranger, goodClaims()), /signature/],
    ["the kid of a key of another kind", () => signToken(key, goodClaims(), { kid: "k2" }), /key is not one/],
    ["an embedded jwk", () => signToken(stranger, goodClaims(), { jwk: stranger.jwk }), /signature/],
    ["a jku of its own", () => signToken(stranger, goodClaims(), { jku: `${issuer.url}/evil` }), /signature/],
    ["an x5u of its own", () => signToken(stranger, goodClaims(), { x5u: `${issuer.url}/evil` }), /signature/],
    ["a kid with a path", () => signToken(stranger, goodClaims(), { kid: "../../evil" }), /key is not one/],
    ["an unknown crit", () => signRaw(header({ crit: ["x"], x: 1 }), payload()), /not supported/],
    ["an unencoded payload", () => signRaw(header({ crit: ["b64"], b64: false }), payload()), /./],
    ["a tampered payload", () => tamper(1), /signature/],
    ["a tampered header", () => tamper(0), /./],
    ["a signature cut short", async () => (await signToken(key, goodClaims())).slice(0, -8), /signature/],
    ["claims twice, the last ones bad", () => signRaw(header(), twice(payload(), { exp: NOW_S - 100 })), /expired/],
    ["the audience twice, the last one bad", () => signRaw(header(), twice(payload(), { aud: "x" })), /claim aud/],
    ["claims that are a list", () => signRaw(header(), "[]"), /claims are not an object/],
    ["claims that are no JSON", () => signRaw(header(), "no"), /claims are not an object/],
    ["deeply nested claims", () => signRaw(header(), "[".repeat(6000)), /claims are not an object/],
    ["more than 16 kB", () => signToken(key, { ...goodClaims(), pad: "x".repeat(12_300) }), /longer than 16384/],
    ["two dots and nothing else", () => "..", /neither/],
    ["one part", () => "abc", /neither/],
    ["four dots (encrypted)", () => "a.b.c.d.e", /neither/],
    ["parts that are no JSON", () => "AAAA.BBBB.CCCC", /./],
    ["a tenant claim that is no text", () => signRaw(header(), payload({ org: ["a"] })), /tenant claim/],
  ];

  const header = (more: object = {}) => JSON.stringify({ alg: "ES256", kid: "k1", typ: "at+jwt", ...more });
  const payload = (more: object = {}) => JSON.stringify({ ...goodClaims(), ...more });
  const twice = (text: string, more: object) => `${text.slice(0, -1)},${JSON.stringify(more).slice(1)}`;

  async function confuse(): Promise<string> {
    return hmac(await exportSPKI(rsa.publicKey));
  }

  function hmac(secret: string): string {
    const input = `${base64url({ alg: "HS256", kid: "k2", typ: "at+jwt" })}.${base64url(goodClaims())}`;
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  }

  async function tamper(part: 0 | 1): Promise<string> {
    const parts = (await signToken(key, goodClaims())).split(".");
    const text = Buffer.from(parts[part] ?? "", "base64url").toString("utf8");
    parts[part] = base64url(part === 1 ? text.replace("4711", "4712") : text.replace("at+jwt", "jwt"));
    return parts.join(".");
  }

  it.each(attacks)("denies a token that has %s", async (_name, make, detail) => {
    const { authenticate, lines } = open({ tenantClaim: "org" });
    const token = await make();
    const error = await failureOf(authenticate(token));
    expect(error).toBeInstanceOf(AccessDenied);
    expect((error as AccessDenied).problem).toBe("invalid");
    expect((error as AccessDenied).message).toMatch(detail);
    expect(issuer.asked).not.toContain("/evil");
    const said = lines.join("") + String((error as AccessDenied).stack);
    for (const part of token.split(".").filter((each) => each.length > 3))
      expect(said).not.toContain(part.slice(0, 24));
    expect(said).not.toContain("4711");
    expect(lines).toHaveLength(1);
  });

  it("takes the last of two claims in every check alike", async () => {
    const { authenticate } = open();
    const bad = JSON.stringify({ ...goodClaims(), exp: NOW_S - 100, sub: "evil" });
    expect((await authenticate(signRaw(header(), twice(bad, goodClaims())))).name).toBe("oauth:4711");
  });

  it("asks the issuer for nothing where the form alone is wrong", async () => {
    const { authenticate } = open();
    for (const token of ["..", `${base64url({ alg: "none" })}.e30.AAAA`, "x".repeat(17_000)]) {
      await failureOf(authenticate(token));
    }
    expect(issuer.asked).toEqual([]);
  });

  it("does not take a token for granted because another one was good", async () => {
    const { authenticate } = open();
    const token = await signToken(key, goodClaims());
    await authenticate(token);
    const [first, , last] = token.split(".");
    const forged = [first, base64url({ ...goodClaims(), sub: "boss" }), last].join(".");
    expect(await failureOf(authenticate(forged))).toMatchObject({ problem: "invalid" });
  });
});

describe("the issuer's keys", () => {
  it("are found by its metadata, once, and fetched once", async () => {
    const { authenticate, pass } = open();
    const tokens = await Promise.all(["a", "b", "c", "d"].map((sub) => signToken(key, { ...goodClaims(), sub })));
    await Promise.all(tokens.slice(0, 3).map(authenticate));
    pass(61_000);
    await authenticate(tokens[3] ?? "");
    expect(issuer.asked).toEqual([METADATA, "/jwks"]);
  });

  it("are fetched from the address that was set, without asking for metadata", async () => {
    issuer.answers.set("/own", json({ keys: [key.jwk] }));
    const { authenticate } = open({ jwksUrl: `${issuer.url}/own` });
    await authenticate(await signToken(key, goodClaims()));
    expect(issuer.asked).toEqual(["/own"]);
  });

  it.each([
    ["/t1/.well-known/openid-configuration", 3],
    ["/.well-known/openid-configuration/t1", 2],
    ["/.well-known/oauth-authorization-server/t1", 1],
  ])("are found at %s for an issuer with a path", async (place, tries) => {
    const url = `${issuer.url}/t1`;
    issuer.answers.set(place, json({ issuer: url, jwks_uri: `${issuer.url}/jwks` }));
    const { authenticate } = open({ issuer: url });
    await authenticate(await signToken(key, { ...goodClaims(), iss: url }));
    expect(issuer.asked).toHaveLength(tries + 1);
  });

  it("are found although the first place answers a start page", async () => {
    issuer.answers.set(METADATA, (response) => response.end("<html>"));
    issuer.answers.set(
      "/.well-known/openid-configuration",
      json({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` }),
    );
    const { authenticate } = open();
    expect((await authenticate(await signToken(key, goodClaims()))).name).toBe("oauth:4711");
  });

  it("may change: a new one is taken at once, a withdrawn one no longer", async () => {
    const { authenticate, pass } = open({ unknownKeyPauseMs: 0 });
    const old = await signToken(key, goodClaims());
    await authenticate(old);
    const next = await makeKey("k9");
    issuer.answers.set("/jwks", json({ keys: [next.jwk] }));
    expect((await authenticate(await signToken(next, goodClaims()))).name).toBe("oauth:4711");
    pass(61_000);
    expect(await failureOf(authenticate(old))).toMatchObject({ problem: "invalid" });
  });

  it("are not fetched again for every made-up key", async () => {
    const { authenticate } = open();
    await authenticate(await signToken(key, goodClaims()));
    for (let index = 0; index < 20; index += 1) {
      await failureOf(authenticate(await signToken(key, goodClaims(), { kid: `made-up-${index}` })));
    }
    expect(issuer.asked.filter((path) => path === "/jwks")).toHaveLength(1);
  });

  it("do not go with a token that names no key where several fit", async () => {
    const twin = await makeKey("k4");
    issuer.answers.set("/jwks", json({ keys: [key.jwk, twin.jwk] }));
    const { authenticate } = open();
    const error = await failureOf(authenticate(await signToken(key, goodClaims(), { kid: undefined })));
    expect(error).toMatchObject({ problem: "invalid", message: expect.stringContaining("names none") });
  });
});

describe("an issuer in trouble is not the token's fault", () => {
  type Trouble = [name: string, plant: () => void, detail: RegExp];
  const redirect = (to: string) =>
    issuer.answers.set("/jwks", (response) => response.writeHead(302, { location: to }).end());

  const troubles: Trouble[] = [
    ["answers 500", () => issuer.answers.set("/jwks", json({}, 500)), /answered 500/],
    ["redirects to itself", () => redirect(`${issuer.url}/elsewhere`), /answered 302/],
    ["redirects elsewhere", () => redirect("http://localhost:9/jwks"), /answered 302/],
    ["answers garbage", () => issuer.answers.set("/jwks", (response) => response.end("leak-me <html>")), /not JSON/],
    ["answers no key set", () => issuer.answers.set("/jwks", json({ keys: "leak-me" })), /no key set/],
    ["answers a list", () => issuer.answers.set("/jwks", json([])), /no key set/],
    ["answers keys that are none", () => issuer.answers.set("/jwks", json({ keys: [1] })), /no key set/],
    ["answers too much", () => issuer.answers.set("/jwks", json({ keys: [], pad: "x".repeat(300_000) })), /more than/],
    ["hangs up", () => issuer.answers.set("/jwks", (response) => response.destroy()), /jwks/],
    ["says nothing", () => issuer.answers.set("/jwks", () => {}), /in time/],
    [
      "never ends its answer",
      () => issuer.answers.set("/jwks", (response) => void response.writeHead(200).write('{"keys":[')),
      /in time/,
    ],
    [
      "has a key that cannot be used",
      () => issuer.answers.set("/jwks", json({ keys: [{ ...key.jwk, x: "AAAA" }] })),
      /./,
    ],
    ["has no metadata", () => issuer.answers.delete(METADATA), /answered 404.*answered 404/],
    [
      "has the metadata of another",
      () => issuer.answers.set(METADATA, json({ issuer: "https://evil.example", jwks_uri: `${issuer.url}/jwks` })),
      /another issuer/,
    ],
    ["has metadata without keys", () => issuer.answers.set(METADATA, json({ issuer: issuer.url })), /without issuer/],
    [
      "names keys that are not on https",
      () => issuer.answers.set(METADATA, json({ issuer: issuer.url, jwks_uri: "http://keys.example/jwks" })),
      /not https/,
    ],
    [
      "names keys in a file",
      () => issuer.answers.set(METADATA, json({ issuer: issuer.url, jwks_uri: "file:///etc/passwd" })),
      /not https/,
    ],
  ];

  it.each(troubles)("when it %s", async (_name, plant, detail) => {
    plant();
    const { authenticate, lines } = open({ timeoutMs: 300 });
    const error = await failureOf(authenticate(await signToken(key, goodClaims())));
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ kind: "unavailable", facts: { detail: expect.stringMatching(detail) } });
    expect(JSON.stringify(error) + String(error)).not.toContain("leak-me");
    expect(lines).toEqual([]);
  });

  it("is asked again after a pause, and then all is well", async () => {
    issuer.answers.set("/jwks", json({}, 503));
    const { authenticate, pass } = open({ cooldownMs: 5000 });
    const token = await signToken(key, goodClaims());
    for (let count = 0; count < 5; count += 1) await failureOf(authenticate(token));
    expect(issuer.asked.filter((path) => path === "/jwks")).toHaveLength(1);
    issuer.answers.set("/jwks", json({ keys: [key.jwk] }));
    expect(await failureOf(authenticate(token))).toMatchObject({ kind: "unavailable", facts: { retryAfterMs: 5000 } });
    pass(5000);
    expect((await authenticate(token)).name).toBe("oauth:4711");
  });

  it("is asked for its metadata again after a pause", async () => {
    issuer.answers.delete(METADATA);
    const { authenticate, pass } = open();
    const token = await signToken(key, goodClaims());
    await failureOf(authenticate(token));
    await failureOf(authenticate(token));
    expect(issuer.asked).toHaveLength(2);
    issuer.answers.set(METADATA, json({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` }));
    pass(5000);
    expect((await authenticate(token)).name).toBe("oauth:4711");
  });

  it("goes on with the keys it has while a made-up key cannot be looked up", async () => {
    const { authenticate } = open({ unknownKeyPauseMs: 0 });
    await authenticate(await signToken(key, goodClaims()));
    issuer.answers.set("/jwks", json({}, 500));
    const madeUp = await signToken(key, goodClaims(), { kid: "made-up" });
    expect(await failureOf(authenticate(madeUp))).toMatchObject({ kind: "unavailable" });
    expect((await authenticate(await signToken(key, { ...goodClaims(), sub: "other" }))).name).toBe("oauth:other");
  });

  it("when nothing listens there", async () => {
    const gone = await startIssuer();
    await gone.close();
    const { authenticate } = open({ jwksUrl: `${gone.url}/jwks` });
    const error = await failureOf(authenticate(await signToken(key, goodClaims())));
    expect(error).toMatchObject({ kind: "unavailable", facts: { detail: expect.stringContaining("ECONNREFUSED") } });
  });

  it("lets go of the connection when it gives up", async () => {
    const left = new Promise<void>((resolve) => {
      issuer.answers.set("/jwks", (response) => void once(response, "close").then(() => resolve()));
    });
    const { authenticate } = open({ timeoutMs: 100 });
    await failureOf(authenticate(await signToken(key, goodClaims())));
    await left;
  });
});

describe("settings that would not be safe", () => {
  it.each([
    [{ issuer: "http://as.example" }, /issuer: must be an https URL/],
    [{ issuer: "as.example" }, /issuer/],
    [{ issuer: "https://u:p@as.example" }, /issuer/],
    [{ issuer: "https://as.example?x=1" }, /query/],
    [{ issuer: "https://as.example#x" }, /issuer/],
    [{ jwksUrl: "http://as.example/jwks" }, /JWKS/],
    [{ jwksUrl: "file:///jwks" }, /JWKS/],
    [{ audience: "" }, /audience/],
  ])("%j are refused at the start", (settings, message) => {
    const deps = {
      issuer: "https://as.example",
      audience: AUDIENCE,
      dailyBudgetUsd: null,
      now: () => NOW,
      ...settings,
    };
    expect(() => createJwtCheck(deps)).toThrow(message);
    expect(() => createJwtCheck(deps)).toThrow(AppError);
  });
});
