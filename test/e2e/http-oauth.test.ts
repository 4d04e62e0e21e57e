import { generateKeyPairSync } from "node:crypto";
import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json, makeKey, signToken } from "../integration/access-issuer.ts";
import { findFreePort } from "../support/free-port.ts";
import { HTTP_CLIENTS } from "../support/http-clients.ts";
import { ask, callTool, createToken, type HttpProcess, startHttp } from "../support/http-start.ts";
import { type OpenIssuer, openIssuer } from "../support/issuer.ts";

let issuer: OpenIssuer;
let server: HttpProcess;
let publicUrl: string;
let metadataUrl: string;

beforeAll(async () => {
  const port = await findFreePort();
  publicUrl = `http://127.0.0.1:${port}/mcp`;
  metadataUrl = `http://127.0.0.1:${port}/.well-known/oauth-protected-resource/mcp`;
  issuer = await openIssuer(publicUrl);
  server = await startHttp(
    {
      DOMAIN_PAGES_STORE: "memory",
      DOMAIN_PAGES_HTTP_PUBLIC_URL: publicUrl,
      DOMAIN_PAGES_HTTP_OAUTH_ISSUER: issuer.url,
      DOMAIN_PAGES_HTTP_OAUTH_TENANT_CLAIM: "org_id",
      DOMAIN_PAGES_LOG_LEVEL: "debug",
    },
    ["--port", String(port)],
  );
});

afterAll(async () => {
  await server.stop();
  await issuer.close();
});

const statusOf = async (token?: string) =>
  (await ask(server.url, "tools/list", {}, token === undefined ? {} : { token })).status;

describe("a token of the issuer", () => {
  it.each(HTTP_CLIENTS)("lets %s in", async (_name, connect) => {
    const client = await connect(server.url, { token: await issuer.token({}) });
    expect(await client.tools()).toHaveLength(4);
    const { isError } = await client.call("get_domain_pages", { target: "acme.example", limit: 2 });
    expect(isError).toBeFalsy();
    await client.close();
  });

  it("has the scopes that it says, in either claim", async () => {
    const reader = await issuer.token({ scope: "snapshots:read openid" });
    expect(
      (await callTool(server.url, "query_domain_pages", { target: "acme.example" }, { token: reader })).status,
    ).toBe(200);
    const refused = await callTool(server.url, "get_domain_pages", { target: "acme.example" }, { token: reader });
    expect(refused.status).toBe(403);
    const challenge = refused.headers.get("www-authenticate") ?? "";
    expect(challenge).toMatch(/error="insufficient_scope"/);
    expect(challenge).toContain('scope="pages:read"');
    expect(challenge).toContain(`resource_metadata="${metadataUrl}"`);
    const buyer = await issuer.token({ scope: undefined, scp: ["pages:read"] });
    expect((await callTool(server.url, "get_domain_pages", { target: "acme.example" }, { token: buyer })).status).toBe(
      200,
    );
  });

  it("is taken beside the tokens of our own", async () => {
    expect(await statusOf(await createToken(server, "alice"))).toBe(200);
    expect(await statusOf(await issuer.token({}))).toBe(200);
  });
});

describe("a token that is not good", () => {
  const now = () => Math.floor(Date.now() / 1000);

  it.each<[string, () => Promise<string>]>([
    ["for another audience", () => issuer.token({ aud: "https://other.example.com/mcp" })],
    ["for no audience", () => issuer.token({ aud: undefined })],
    ["expired", () => issuer.token({ exp: now() - 60 })],
    ["without an end", () => issuer.token({ exp: undefined })],
    ["not yet good", () => issuer.token({ nbf: now() + 600 })],
    ["issued in the future", () => issuer.token({ iat: now() + 600 })],
    ["of another issuer", () => issuer.token({ iss: "https://id.example.com" })],
    ["without a subject", () => issuer.token({ sub: undefined })],
    ["of another kind", () => issuer.token({}, { typ: "logout+jwt" })],
    ["whose tenant hides", () => issuer.token({ org_id: "a\u200bb" })],
    ["whose tenant is a list", () => issuer.token({ org_id: ["a"] })],
    [
      "signed with another key of that name",
      async () => {
        const { sub, aud, iss } = { sub: "u-1", aud: publicUrl, iss: issuer.url };
        return signToken(await makeKey("rs-1", "RS256"), { sub, aud, iss, exp: now() + 60 });
      },
    ],
    [
      "not signed at all (alg none)",
      async () => {
        const [, claims] = (await issuer.token({})).split(".");
        return `${toPart({ alg: "none", typ: "at+jwt" })}.${claims}.`;
      },
    ],
    [
      "not signed, with a signature all the same",
      async () => {
        const [, claims, signature] = (await issuer.token({})).split(".");
        return `${toPart({ alg: "none", typ: "at+jwt" })}.${claims}.${signature}`;
      },
    ],
    [
      "signed with the public key as a shared secret",
      async () => {
        const { createHmac } = await import("node:crypto");
        const [, claims] = (await issuer.token({})).split(".");
        const signed = `${toPart({ alg: "HS256", typ: "at+jwt", kid: "rs-1" })}.${claims}`;
        return `${signed}.${createHmac("sha256", JSON.stringify(issuer.key.jwk)).update(signed).digest("base64url")}`;
      },
    ],
    [
      "that brings its own key",
      async () => {
        const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        return issuer.token({}, { jwk: publicKey.export({ format: "jwk" }), kid: "mine" });
      },
    ],
    ["that names a key elsewhere", () => issuer.token({}, { jku: `${issuer.url}/evil-keys`, kid: "elsewhere" })],
    ["cut short", async () => (await issuer.token({})).slice(0, -10)],
  ])("is refused: %s", async (_what, make) => {
    const token = await make();
    const { status, headers, messages } = await ask(server.url, "tools/list", {}, { token });
    expect(status).toBe(401);
    const challenge = headers.get("www-authenticate") ?? "";
    expect(challenge).toContain(`resource_metadata="${metadataUrl}"`);
    expect(challenge).toContain('scope="pages:read snapshots:read"');
    expect(messages).toEqual([{ jsonrpc: "2.0", error: { code: -32000, message: expect.any(String) }, id: null }]);
    expect(server.stdout() + server.stderr() + JSON.stringify(messages) + challenge).not.toContain(token);
    expect(issuer.asked).not.toContain("/evil-keys");
  });

  it("may be told from one that is missing, which is no error", async () => {
    const { status, headers } = await ask(server.url, "tools/list");
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).not.toContain("error");
    expect(await statusOf(`dpm_abcdefgh_${"x".repeat(43)}`)).toBe(401);
  });
});

const toPart = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("discovery", () => {
  it("tells whom to ask, at both addresses of RFC 9728, to every page", async () => {
    for (const address of [metadataUrl, metadataUrl.replace(/\/mcp$/, "")]) {
      const response = await fetch(address, { headers: { origin: "https://some.example" } });
      expect(response.status).toBe(200);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(await response.json()).toEqual({
        resource: publicUrl,
        authorization_servers: [issuer.url],
        scopes_supported: ["pages:read", "snapshots:read"],
        bearer_methods_supported: ["header"],
        resource_name: "domain-pages-mcp",
      });
    }
  });

  it("leads a client of the SDK from the 401 to the issuer, and with its token back in", async () => {
    let leadTo: URL | undefined;
    let access_token: string | undefined;
    const provider: OAuthClientProvider = {
      redirectUrl: "http://127.0.0.1/callback",
      clientMetadata: { redirect_uris: ["http://127.0.0.1/callback"] },
      clientInformation: () => ({ client_id: "analyst", issuer: issuer.url }) as never,
      tokens: () => (access_token === undefined ? undefined : { access_token, token_type: "bearer" }),
      saveTokens: (tokens) => {
        access_token = tokens.access_token;
      },
      redirectToAuthorization: (url) => {
        leadTo = url;
      },
      saveCodeVerifier: () => {},
      codeVerifier: () => "v".repeat(43),
    };
    const transport = new StreamableHTTPClientTransport(server.url, { authProvider: provider });
    await expect(new Client({ name: "test", version: "0" }).connect(transport as never)).rejects.toThrow();
    expect(leadTo?.href.startsWith(`${issuer.url}/authorize?`)).toBe(true);
    expect(leadTo?.searchParams.get("resource")).toBe(publicUrl);
    expect(leadTo?.searchParams.get("scope")).toBe("pages:read snapshots:read");

    issuer.answers.set("/token", json({ access_token: await issuer.token({}), token_type: "bearer" }));
    await transport.finishAuth("code");
    const client = new Client({ name: "test", version: "0" });
    await client.connect(new StreamableHTTPClientTransport(server.url, { authProvider: provider }) as never);
    expect((await client.listTools()).tools).toHaveLength(4);
    await client.close();
  });
});

describe("the tenant claim", () => {
  const idsOf = async (token: string) => {
    const { messages } = await ask(server.url, "resources/list", {}, { token });
    return JSON.stringify(messages).match(/s_[0-9a-z]{8}/g) ?? [];
  };

  it("makes two subjects one tenant; without it each is its own, and no value of it reaches those", async () => {
    const [ann, bob, lone, other] = await Promise.all([
      issuer.token({ sub: "ann", org_id: "acme" }),
      issuer.token({ sub: "bob", org_id: "acme" }),
      issuer.token({ sub: "lone" }),
      issuer.token({ sub: "other", org_id: "oauth:lone" }),
    ]);
    const get = (token: string) =>
      callTool(server.url, "get_domain_pages", { target: "example.com", limit: 3 }, { token });
    const bought = await get(ann);
    const id = String(bought.data?.["snapshot_id"]);
    expect(await idsOf(bob)).toContain(id);
    expect((await get(bob)).data?.["snapshot_id"]).toBe(id);
    expect(await idsOf(lone)).toEqual([]);
    const own = await get(lone);
    expect(own.data?.["snapshot_id"]).not.toBe(id);
    expect(await idsOf(other)).toEqual([]);
    const named = await createToken(server, "static-of-acme", "--tenant", "acme");
    expect(await idsOf(named)).toContain(id);
  });
});

describe("an issuer that cannot be reached", () => {
  it("is our trouble, not the caller's: 503 with Retry-After", async () => {
    const dead = await startHttp({
      DOMAIN_PAGES_STORE: "memory",
      DOMAIN_PAGES_HTTP_PUBLIC_URL: publicUrl,
      DOMAIN_PAGES_HTTP_OAUTH_ISSUER: `http://127.0.0.1:${await findFreePort()}`,
    });
    const { status, headers, messages } = await ask(dead.url, "tools/list", {}, { token: await issuer.token({}) });
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toMatch(/^\d+$/);
    expect(JSON.stringify(messages)).not.toContain("127.0.0.1");
    await dead.stop();
  });
});
