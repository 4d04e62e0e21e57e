import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { openSession, type RawAnswer, sendRaw as sendOlder, toCall } from "../support/http-clients.ts";
import { toCallBytes } from "../support/http-service.ts";
import { ask, createToken, type HttpProcess, parseLog, startHttp, toModern } from "../support/http-start.ts";
import { PRICES } from "../support/open-shop.ts";
import { sendRaw, type WireAnswer } from "../support/raw-http.ts";

const KEY = "sk-aisa-attacked-0123456789";
/** Stands in what attackers send where it must not come back from. */
const MARK = "MARK\u001b[31m";

let gateway: SandboxServer;
let server: HttpProcess;
let token: string;
let other: string;
/** Of the other tenant. */
let theirs: string;
/** Every answer there was. */
const answers: string[] = [];

beforeAll(async () => {
  gateway = await serveSandbox({ world: createWorld(), port: 0, prices: PRICES });
  server = await startHttp({
    AISA_API_KEY: KEY,
    AISA_BASE_URL: `${gateway.origin}/apis/v1`,
    DOMAIN_PAGES_HTTP_TOKENS: '{"version":1,"tokens":[]}',
    DOMAIN_PAGES_HTTP_CALLS_PER_MINUTE: "10000",
    DOMAIN_PAGES_LOG_LEVEL: "debug",
  });
  token = await createToken(server, "mallory");
  other = await createToken(server, "alice");
  const bought = await ask(server.url, "tools/call", BUY, { token: other });
  theirs = /s_[0-9a-z]{8}/.exec(JSON.stringify(bought.messages))?.[0] ?? "";
});

afterAll(async () => {
  await server.stop();
  await gateway.close();
});

const BUY = { name: "get_domain_pages", arguments: { target: "acme.example", limit: 2 } };
const LIST = JSON.stringify(toModern("tools/list").body);

/** Bytes of a good call of a caller with a token, changed. */
async function attack(
  headers: Record<string, string | undefined>,
  { body = LIST, line, more = "" }: { body?: string; line?: string; more?: string } = {},
): Promise<WireAnswer> {
  const usual = { ...toModern("tools/list").headers, authorization: `Bearer ${token}` };
  const bytes = toCallBytes({ ...usual, ...headers }, body, line).replace("\r\n\r\n", `\r\n${more}\r\n`);
  const { answers: came, text } = await sendRaw(server.url.href, bytes, { answers: 1 });
  answers.push(text);
  expect(came, text).toHaveLength(1);
  return came[0] as WireAnswer;
}

/** A request as any client sends it; what it came to is kept for the search. */
async function tell(method: string, params: Record<string, unknown>): Promise<RawAnswer> {
  const answer = await ask(server.url, method, params, { token });
  answers.push(JSON.stringify([...answer.headers]), JSON.stringify(answer.messages));
  return answer;
}

describe("what comes in on a connection", () => {
  it("is served when it is good, so that the refusals below say something", async () => {
    expect((await attack({})).status).toBe(200);
    expect((await attack({ origin: "http://localhost:6274" })).status).toBe(200);
  });

  it.each<[string, number, Parameters<typeof attack>]>([
    ["a host that leads here by rebinding", 403, [{ host: "evil.example" }]],
    ["a host that only begins like ours", 403, [{ host: "127.0.0.1.evil.example" }]],
    ["no host", 403, [{ host: undefined }]],
    ["an evil origin", 403, [{ origin: "https://evil.example" }]],
    ["the null origin", 403, [{ origin: "null" }]],
    ["an origin that only begins like ours", 403, [{ origin: "http://localhost.evil.example" }]],
    ["no token", 401, [{ authorization: undefined }]],
    ["a token of another scheme", 401, [{ authorization: "Basic bWFsbG9yeTpNQVJL" }]],
    ["an unsigned JWT", 401, [{ authorization: `Bearer ${unsigned({ sub: "admin", scope: "pages:read" })}` }]],
    ["a token with a line break", 400, [{ authorization: "Bearer a\rb" }]],
    ["a second host", 403, [{}, { more: "Host: localhost\r\n" }]],
    ["a second authorization", 400, [{}, { more: "Authorization: Bearer dpm_other\r\n" }]],
    ["a second session", 400, [{}, { more: "Mcp-Session-Id: a\r\nmcp-session-id: b\r\n" }]],
    ["two lengths", 400, [{}, { more: "Content-Length: 5\r\n" }]],
    ["a length and chunks", 400, [{}, { more: "Transfer-Encoding: chunked\r\n" }]],
    ["a body that is compressed", 415, [{ "content-encoding": "gzip" }]],
    ["a body of another kind", 415, [{ "content-type": "text/plain" }]],
    ["headers without end", 431, [{ "x-filler": "x".repeat(17_000) }]],
    ["another path", 404, [{}, { line: "POST /mcp/../admin HTTP/1.1" }]],
    ["a path that only looks like ours", 404, [{}, { line: "POST /%6dcp HTTP/1.1" }]],
    ["another method", 405, [{}, { line: "PUT /mcp HTTP/1.1" }]],
    ["a whole URL", 400, [{}, { line: "POST http://evil.example/mcp HTTP/1.1" }]],
  ])("is refused: %s", async (_what, status, args) => {
    expect((await attack(...args)).status).toBe(status);
  });

  it("is refused with a token in the URL, which is not logged", async () => {
    for (const name of ["access_token", "token", "API_KEY", "%61ccess_token"]) {
      const { status } = await attack({}, { line: `POST /mcp?${name}=${token} HTTP/1.1` });
      expect(status).toBe(400);
    }
  });

  it.each<[string, number, string]>([
    [
      "too large",
      413,
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { x: "x".repeat(1 << 20) } }),
    ],
    ["nested too deeply", 400, `${'{"a":'.repeat(65)}1${"}".repeat(65)}`],
    ["nested beyond any stack", 400, "[".repeat(500_000)],
    ["not JSON", 400, `{"jsonrpc": ${MARK}`],
    ["not UTF-8", 400, '{"jsonrpc":"2.0","id":"\xff\xfe"}'],
    ["not a message", 400, '"hello"'],
    ["null", 400, "null"],
    ["an empty batch", 400, "[]"],
    ["too many messages", 400, `[${Array(21).fill(LIST).join(",")}]`],
    ["nothing", 400, ""],
  ])("is refused with a body that is %s", async (_what, status, body) => {
    const { status: got, body: said } = await attack(
      { "content-length": String(Buffer.byteLength(body, "latin1")) },
      { body },
    );
    expect({ got, said }).toMatchObject({ got: status });
    expect(JSON.parse(said)).toMatchObject({ jsonrpc: "2.0", error: { code: expect.any(Number) } });
  });

  it.each(["0b6d7dfe-0000-4000-8000-000000000000", "../../etc/passwd", "a".repeat(5000), "__proto__"])(
    "finds no session %s",
    async (session) => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
      const { status } = await attack(
        { "mcp-session-id": session, "mcp-protocol-version": undefined, "mcp-method": undefined },
        { body },
      );
      expect(status).toBe(404);
    },
  );
});

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "at+jwt" })}.${part(claims)}.`;
}

describe("what is asked of resources", () => {
  const PASSWD = readFileSync("/etc/passwd", "utf8").split("\n", 1)[0] ?? "root";

  it.each<[string, (theirs: string) => string]>([
    ["a way up", () => "domain-pages://snapshots/../../etc/passwd"],
    ["an encoded way up", () => "domain-pages://snapshots/%2e%2e%2f%2e%2e%2fetc%2fpasswd/rows.csv"],
    ["a doubly encoded way up", () => "domain-pages://snapshots/%252e%252e%252fetc/rows.csv"],
    [
      "a way to another tenant's folder",
      (id) => `domain-pages://snapshots/..%2ftenants%2ftoken_alice%2f${id}/rows.csv`,
    ],
    ["another tenant's id", (id) => `domain-pages://snapshots/${id}/rows.csv`],
    ["another tenant's id with a line break", (id) => `domain-pages://snapshots/token:alice%0A${id}/rows.csv`],
    ["another tenant's id after a null byte", (id) => `domain-pages://snapshots/${id}%00/rows.csv`],
    ["another tenant's id with spaces", (id) => `domain-pages://snapshots/%20${id}%20/rows.csv`],
    ["backslashes", () => "domain-pages://snapshots/..%5c..%5cetc%5cpasswd"],
    ["a very long id", () => `domain-pages://snapshots/${"s_".repeat(4000)}/rows.csv`],
    ["a name of every object", () => "domain-pages://snapshots/__proto__/constructor"],
    ["a file of the system", () => "file:///etc/passwd"],
    ["another host", () => "http://127.0.0.1:1/"],
    ["a strange query", (id) => `domain-pages://snapshots/${id}/rows.csv?offset=__proto__`],
    ["no URI", () => "\u0000\n"],
  ])("brings nothing: %s", async (_what, toUri) => {
    const { status, messages } = await tell("resources/read", { uri: toUri(theirs) });
    expect([200, 400, 404]).toContain(status);
    expect(messages[0]?.error?.code).toBe(-32602);
    expect(messages[0]).not.toHaveProperty("result");
    expect(JSON.stringify(messages)).not.toContain(PASSWD);
    expect(JSON.stringify(messages)).not.toMatch(/acme\.example,\d/);
  });
});

describe("what is asked of tools", () => {
  const evil = [
    '{"__proto__":{"isAdmin":true,"target":"acme.example"}}',
    '{"constructor":{"prototype":{"target":"acme.example"}}}',
    '{"target":{"toString":"x","__proto__":null}}',
    '{"target":["acme.example"],"filters":[["__proto__","=","x"],"and",["constructor","=",1]]}',
    '{"target":"acme.example","order_by":["__proto__,desc"]}',
    '{"snapshot_id":"__proto__","columns":["__proto__","constructor"],"group_by":"__proto__"}',
    '{"snapshot_id":"constructor","handles":["__proto__","hasOwnProperty"]}',
    '{"target":"http://169.254.169.254/latest/meta-data"}',
    '{"target":"acme.example\\r\\nX-Evil: 1"}',
    '{"target":"acme.example","tag":"\\u001b[2J\\u202e\\n{\\"level\\":\\"error\\",\\"event\\":\\"forged\\"}"}',
    `{"snapshot_id":"${"s_".repeat(20_000)}"}`,
    '"acme.example"',
    "[]",
    "null",
  ];

  it.each(["get_domain_pages", "estimate_domain_pages", "query_domain_pages", "compare_domain_pages"])(
    "%s refuses arguments that are shaped to change more than their call",
    async (name) => {
      for (const args of evil) {
        const params = { name, arguments: {}, _meta: toModern("tools/call").body.params._meta };
        const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }).replace(
          '"arguments":{}',
          `"arguments":${args}`,
        );
        const { status, body: said } = await attack({ "mcp-method": "tools/call", "mcp-name": name }, { body });
        expect({ args, said, status }).toMatchObject({ status: expect.toSatisfy((got) => got === 200 || got === 400) });
        const { result, error } = JSON.parse(said);
        // A tag is free text, and of no meaning to us: that call is a good one.
        if (args.includes('"tag"') && /^(get|estimate)/.test(name)) expect(result.isError).toBeFalsy();
        else expect(result?.isError === true || error !== undefined, `${args} ${said}`).toBe(true);
      }
      expect(({} as Record<string, unknown>)["isAdmin"]).toBeUndefined();
    },
  );

  it("take nothing from what JSON calls a prototype", async () => {
    const params = JSON.stringify({ ...toModern("tools/call").body.params, name: "estimate_domain_pages" });
    const args = '{"target":"acme.example","__proto__":{"limit":1000,"target":"example.com"}}';
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params.slice(0, -1)},"arguments":${args}}}`;
    const { body: said } = await attack({ "mcp-method": "tools/call", "mcp-name": "estimate_domain_pages" }, { body });
    expect(JSON.parse(said).result.structuredContent.request).toEqual({ target: "acme.example" });
  });

  it("are known by their own names alone", async () => {
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "get_domain_pages\n", "../get", ""]) {
      const { messages } = await tell("tools/call", { name, arguments: {} });
      expect(messages[0]?.error?.code ?? 0, name).toBeLessThan(0);
    }
    for (const method of ["__proto__", "constructor", "tools/__proto__", "tools/call/../list"]) {
      const { messages } = await tell(method, {});
      expect(messages[0]?.error?.code ?? 0, method).toBeLessThan(0);
    }
  });

  it("cannot be told whom they serve by the client", async () => {
    const params = { ...BUY, arguments: { ...BUY.arguments, tenant: "token:alice", principal: "token:alice" } };
    const { messages } = await tell("tools/call", params);
    expect(JSON.stringify(messages)).toContain('\\"tenant\\": unknown argument');
  });
});

describe("what is written into the log", () => {
  const FORGED = '\n{"level":"error","event":"forged"}\r\u2028\u202e\u001b[31m';

  it("keeps its lines, whatever clients call themselves, ask for, or send in headers", async () => {
    const clientInfo = { name: FORGED, version: FORGED };
    const initialize = { protocolVersion: "2025-11-25", capabilities: { [FORGED]: {} }, clientInfo };
    const opened = await sendOlder(
      server.url,
      { jsonrpc: "2.0", id: FORGED, method: "initialize", params: initialize },
      { token },
    );
    expect(opened.status).toBe(200);
    const session = await openSession(server.url, token);
    await sendOlder(server.url, toCall(FORGED, FORGED, { [FORGED]: FORGED }), { session, token });
    await sendOlder(server.url, toCall(2, "query_domain_pages", { snapshot_id: FORGED }), { session, token });
    await sendOlder(server.url, toCall(3, "get_domain_pages", { target: FORGED, [FORGED]: 1 }), { session, token });
    await sendOlder(
      server.url,
      { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 9, reason: FORGED } },
      { session, token },
    );
    await tell("resources/read", { uri: `domain-pages://snapshots/${encodeURIComponent(FORGED)}` });
    const latin = "\u009b31m\u0085forged";
    for (const name of ["origin", "x-request-id", "traceparent", "user-agent", "mcp-session-id", "host", "mcp-name"]) {
      await attack({ [name]: `evil${latin}` });
    }
    await attack({}, { line: `GET /${latin} HTTP/1.1`, body: "" });
    const lines = parseLog(server.stderr());
    expect(lines.filter(({ event }) => event === "forged")).toEqual([]);
    expect(lines.length).toBeGreaterThan(50);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(server.stderr()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    for (const { request_id } of lines) if (request_id !== undefined) expect(request_id).toMatch(/^[\w.-]{1,64}$/);
  });
});

describe("after all of it", () => {
  it("nothing was bought, and nothing that is secret stands anywhere", async () => {
    expect((await attack({})).status).toBe(200);
    const { bills } = gateway.books.read();
    expect(bills.filter(({ target }) => target !== "acme.example")).toEqual([]);
    const { stdout, stderr } = await server.stop();
    expect(stdout).toBe(`listening on ${server.url}\n`);
    const said = answers.join("\n");
    const hashes = readFileSync(`${server.env["HOME"]}/.local/share/domain-pages-mcp/tokens.json`, "utf8").match(
      /[0-9a-f]{64}/g,
    );
    expect(hashes).toHaveLength(2);
    for (const text of [said, stderr]) {
      for (const secret of [token, other, KEY, token.slice(13), other.slice(13), ...(hashes ?? [])]) {
        expect(text).not.toContain(secret);
      }
      expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
    }
    for (const text of [said, stderr.replaceAll(/"where":"[^"]*"/g, "")]) {
      expect(text).not.toMatch(/\n\s+at |\\n\s+at |node:internal|\/dist\/main\.js|node_modules/);
    }
    expect(said).not.toContain(server.env["HOME"]);
    expect(said).not.toContain("/apis/v1");
    expect(said).not.toMatch(/x-powered-by|\r\nserver:/i);
    const defects = parseLog(stderr).filter(({ event, level }) => level === "error" || event.endsWith("defect"));
    expect(defects).toEqual([]);
  });
});
