import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { fetchRaw, HTTP_CLIENTS, openSession, sendRaw, toCall } from "../support/http-clients.ts";
import { ask, callTool, createToken, type HttpProcess, startHttp } from "../support/http-start.ts";
import { PRICES } from "../support/open-shop.ts";
import { makeTempFolder } from "../support/temp-home.ts";

let gateway: SandboxServer;
let server: HttpProcess;

const BUY = { target: "acme.example", limit: 5 };

beforeAll(async () => {
  gateway = await serveSandbox({ world: createWorld(), port: 0, prices: PRICES });
  server = await startHttp({
    AISA_API_KEY: "sk-aisa-http-access",
    AISA_BASE_URL: `${gateway.origin}/apis/v1`,
    DOMAIN_PAGES_HTTP_TOKENS_FILE: startFile(),
    DOMAIN_PAGES_DAILY_BUDGET_USD: "0.2",
    DOMAIN_PAGES_LOG_LEVEL: "info",
  });
});

afterAll(async () => {
  await server.stop();
  await gateway.close();
});

function startFile(): string {
  const file = path.join(makeTempFolder(), "tokens.json");
  writeFileSync(file, '{"version":1,"tokens":[]}', { mode: 0o600 });
  return file;
}

/** A token that the service knows: it looks at its file for an unknown one every 100 ms at most. */
async function make(name: string, ...options: string[]): Promise<string> {
  const token = await createToken(server, name, ...options);
  const authorization = `Bearer ${token}`;
  // Takes no turn of it, as a call would.
  const isKnown = async () => expect((await server.get("/metrics", { authorization })).status).not.toBe(401);
  await vi.waitFor(isKnown, { timeout: 1000, interval: 25 });
  return token;
}

describe("a token that is made while the service runs", () => {
  it.each(HTTP_CLIENTS)(
    "works at once in the header of %s, and ends within a second when revoked",
    async (name, connect) => {
      const who = `client-${HTTP_CLIENTS.findIndex(([each]) => each === name)}`;
      await expect(connect(server.url)).rejects.toThrow();
      const token = await make(who);
      const client = await connect(server.url, { token });
      expect(await client.tools()).toHaveLength(4);
      const { code, stderr } = await server.run("token", "revoke", who);
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("within a second") });
      const revokedAt = Date.now();
      await vi.waitFor(async () => expect((await ask(server.url, "tools/list", {}, { token })).status).toBe(401), {
        timeout: 5000,
        interval: 50,
      });
      expect(Date.now() - revokedAt).toBeLessThan(2500);
      await expect(client.call("query_domain_pages", { target: "acme.example" })).rejects.toThrow();
      await client.close().catch(() => {});
    },
  );

  it("that has expired is refused like one that never was", async () => {
    const token = await make("late", "--expires-days", "1");
    expect((await ask(server.url, "tools/list", {}, { token })).status).toBe(200);
    const file = server.env["DOMAIN_PAGES_HTTP_TOKENS_FILE"] ?? "";
    const entries = JSON.parse(readFileSync(file, "utf8"));
    for (const entry of entries.tokens) if (entry.name === "late") entry.expires = "2026-01-01T00:00:00Z";
    writeFileSync(file, JSON.stringify(entries));
    await vi.waitFor(async () => expect((await ask(server.url, "tools/list", {}, { token })).status).toBe(401), 5000);
    const [expired, unknown] = await Promise.all(
      [token, `${token.slice(0, -4)}AAAA`].map((each) => ask(server.url, "tools/list", {}, { token: each })),
    );
    expect(expired?.messages).toEqual(unknown?.messages);
    expect(expired?.headers.get("www-authenticate")).toBe(unknown?.headers.get("www-authenticate"));
    expect(expired?.headers.get("www-authenticate")).toMatch(/^Bearer realm="[^"]+", error="invalid_token"/);
  });

  it("is not shown again, and kept as a hash", async () => {
    const token = await make("hashed");
    const { stdout } = await server.run("token", "list", "--json");
    expect(stdout).toContain("hashed");
    expect(stdout + readFileSync(server.env["DOMAIN_PAGES_HTTP_TOKENS_FILE"] ?? "", "utf8")).not.toContain(token);
  });
});

describe("scopes", () => {
  const QUERY = { target: "acme.example", limit: 1 };

  const challengeOf = async (token: string, name: string, args: object, isOlder: boolean) => {
    if (!isOlder) return ask(server.url, "tools/call", { name, arguments: args }, { token });
    return sendRaw(server.url, toCall(3, name, args), { token, session: await openSession(server.url, token) });
  };

  it.each([
    ["modern", false],
    ["older", true],
  ])("a token that only reads may not buy, in the %s era", async (era, isOlder) => {
    const [reader, buyer] = await Promise.all([
      make(`reader-${era}`, "--scopes", "snapshots:read", "--tenant", `scopes-${era}`),
      make(`buyer-${era}`, "--scopes", "pages:read", "--tenant", `scopes-${era}`, "--budget", "0.04"),
    ]);
    const before = gateway.books.read().calls.received;
    for (const name of ["get_domain_pages", "estimate_domain_pages"]) {
      const { status, headers } = await challengeOf(reader, name, BUY, isOlder);
      expect(status).toBe(403);
      expect(headers.get("www-authenticate")).toMatch(/^Bearer .*error="insufficient_scope".*scope="pages:read"/);
    }
    expect(gateway.books.read().calls.received).toBe(before);

    const bought = await callTool(server.url, "get_domain_pages", BUY, { token: buyer });
    expect(bought).toMatchObject({ status: 200, isError: false });
    const snapshot_id = String(bought.data?.["snapshot_id"]);
    for (const [name, args] of [
      ["query_domain_pages", { snapshot_id }],
      ["compare_domain_pages", { snapshot_id, other_target: "example.com" }],
    ] as const) {
      const { status, headers } = await challengeOf(buyer, name, args, isOlder);
      expect(status).toBe(403);
      expect(headers.get("www-authenticate")).toMatch(/error="insufficient_scope".*scope="snapshots:read"/);
    }
    const asked = await challengeOf(reader, "query_domain_pages", QUERY, isOlder);
    expect(asked.status).toBe(200);
    expect(JSON.stringify(asked.messages)).toContain(snapshot_id);
  });

  it("a token that only buys reads no resource and lists none", async () => {
    const buyer = await make("blind", "--scopes", "pages:read", "--tenant", "scopes-modern", "--budget", "0.04");
    const listed = await ask(server.url, "resources/list", {}, { token: buyer });
    expect(JSON.stringify(listed.messages)).not.toContain("s_");
    const uri = "domain-pages://snapshots";
    const read = await ask(server.url, "resources/read", { uri }, { token: buyer });
    expect(JSON.stringify(read.messages)).not.toContain("acme.example");
  });

  it.each(["snapshots:read", "pages:read"])(
    "a token with %s alone reads the view's page, which holds no data",
    async (scope) => {
      const token = await make(`looks-${scope.slice(0, 5)}`, "--scopes", scope, "--tenant", "scopes-modern");
      const before = gateway.books.read().calls.received;
      const { messages } = await ask(server.url, "resources/read", { uri: "ui://domain-pages/view" }, { token });
      expect(messages[0]?.result?.["contents"]).toMatchObject([
        { mimeType: "text/html;profile=mcp-app", text: expect.stringContaining('id="view-file">null</script>') },
      ]);
      expect(gateway.books.read().calls.received).toBe(before);
    },
  );

  it("opens /metrics to metrics:read alone, and says so", async () => {
    const [plain, scraper] = await Promise.all([make("plain"), make("scraper", "--scopes", "metrics:read")]);
    const statusOf = async (token?: string) =>
      server.get("/metrics", token === undefined ? {} : { authorization: `Bearer ${token}` });
    expect((await statusOf()).status).toBe(401);
    const refused = await statusOf(plain);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("www-authenticate")).toMatch(/error="insufficient_scope".*scope="metrics:read"/);
    const scraped = await statusOf(scraper);
    expect(scraped.status).toBe(200);
    expect(await scraped.text()).toContain("domain_pages_http_requests_total");
    for (const name of ["get_domain_pages", "query_domain_pages"]) {
      expect((await callTool(server.url, name, BUY, { token: scraper })).status).toBe(403);
    }
  });
});

describe("turns", () => {
  it("are counted for each caller: 429 with Retry-After, while others go on", async () => {
    const [hasty, calm] = await Promise.all([make("hasty", "--per-minute", "3"), make("calm", "--per-minute", "3")]);
    const statuses: number[] = [];
    for (let sent = 0; sent < 4; sent += 1) statuses.push((await ask(server.url, "ping", {}, { token: hasty })).status);
    expect(statuses[3]).toBe(429);
    expect(statuses.slice(0, 3)).not.toContain(429);
    const refused = await ask(server.url, "tools/list", {}, { token: hasty });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect((await ask(server.url, "tools/list", {}, { token: calm })).status).toBe(200);
  });

  it("are taken by every method: a stream and an end count as a call does", async () => {
    const busy = await make("busy", "--per-minute", "4");
    const session = await openSession(server.url, busy);
    const send = async (method: string, id = session) =>
      (await fetchRaw(server.url, undefined, { method, session: id, token: busy })).status;
    // Two were taken by the opening.
    expect(await send("GET")).toBe(200);
    expect(await send("DELETE", "00000000-0000-4000-8000-000000000000")).toBe(404);
    expect([await send("GET"), await send("DELETE")]).toEqual([429, 429]);
  });
});

describe("an open stream", () => {
  it("ends when its token is revoked, and nobody else's does", async () => {
    const open = async (name: string) => {
      const token = await make(name);
      const session = await openSession(server.url, token);
      return fetchRaw(server.url, undefined, { method: "GET", session, token });
    };
    const [ending, other] = [await open("gone"), await open("stays")];
    expect([ending.status, other.status]).toEqual([200, 200]);
    let isOtherOver = false;
    const otherRead = other.text().finally(() => {
      isOtherOver = true;
    });
    await server.run("token", "revoke", "gone");
    // Reads to the end, which only the server can bring about.
    await ending.text();
    expect(isOtherOver).toBe(false);
    await server.run("token", "revoke", "stays");
    await otherRead;
  });
});

describe("sessions", () => {
  it("are of the one who opened them, for nobody else", async () => {
    const [mine, yours] = await Promise.all([
      make("mine", "--tenant", "sessions"),
      make("yours", "--tenant", "sessions"),
    ]);
    const session = await openSession(server.url, mine);
    const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
    const other = await sendRaw(server.url, list, { session, token: yours });
    const none = await sendRaw(server.url, list, { session: "0b6d7dfe-0000-4000-8000-000000000000", token: yours });
    expect([other.status, none.status]).toEqual([404, 404]);
    expect(other.messages).toEqual(none.messages);
    expect((await sendRaw(server.url, undefined, { method: "DELETE", session, token: yours })).status).toBe(404);
    expect((await sendRaw(server.url, list, { session, token: mine })).status).toBe(200);
  });
});

describe("budgets", () => {
  it("bound each caller, and all together; nobody is told what others spent", async () => {
    const spentBefore = gateway.books.read().billed.micros;
    const [small, large] = await Promise.all([make("small", "--budget", "0.03"), make("large", "--budget", "1")]);
    const buy = (token: string, offset: number, limit = 5) =>
      callTool(server.url, "get_domain_pages", { target: "acme.example", limit, offset }, { token });

    const first = await buy(small, 11);
    expect(first.text).toContain("charged $0.03;");
    expect(first.text).toContain("$0 left of today's budget");
    const second = await buy(small, 12);
    expect(second).toMatchObject({ status: 200, isError: true });
    expect(second.text).toMatch(/^Your daily budget of \$0\.03 is used up: \$0\.03 charged\. .*Not charged\./s);
    expect((await buy(large, 13)).isError).toBe(false);

    let last = await buy(large, 14);
    for (let offset = 15; !last.isError; offset += 1) last = await buy(large, offset);
    const spent = (gateway.books.read().billed.micros - spentBefore) / 1_000_000;
    expect(gateway.books.read().billed.micros).toBeLessThanOrEqual(200_000);
    expect(spent).toBeGreaterThan(0.06);
    // What is left of the budget of all says what the others spent.
    expect(last.text).not.toMatch(/\$0\.\d/);
    expect(last.text).not.toContain("DOMAIN_PAGES_");
    expect(last.text).toContain("Not charged.");
  });

  it("are in the books by caller, whose names the operator sees", async () => {
    const spend = JSON.parse((await server.run("spend", "--json")).stdout);
    const names = spend.accounts.map(({ account }: { account: string }) => account);
    expect(names).toEqual(expect.arrayContaining(["token:small", "token:large"]));
    const charged = Math.round(spend.charged_usd * 1_000_000);
    expect(charged).toBe(gateway.books.read().billed.micros);
    expect(spend.may_have_been_charged_usd).toBe(0);
  });
});
