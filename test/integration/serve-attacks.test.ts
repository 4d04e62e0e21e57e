import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accessOf, CALL, GOOD_TOKEN, type HttpService, openHttpService, toCallBytes } from "../support/http-service.ts";
import { sendRaw, type WireAnswer, type WireExchange } from "../support/raw-http.ts";

const MARK = "attacker-mark";
const AUTHORIZATION = `Bearer ${GOOD_TOKEN}`;

let service: HttpService;

beforeEach(async () => {
  service = await openHttpService({ access: accessOf(), limits: { lingerMs: 100 } });
});
afterEach(() => service.close());

const send = (bytes: string) => sendRaw(service.url, bytes, { answers: 1 });
const call = (headers: Record<string, string | undefined> = {}, body?: string, line?: string) =>
  send(toCallBytes({ authorization: AUTHORIZATION, ...headers }, body, line));

function onlyAnswer({ answers, text }: WireExchange): WireAnswer {
  expect(answers, text).toHaveLength(1);
  return answers[0] as WireAnswer;
}

/** No attack gets past the guards, and no answer tells it anything. */
function expectRefused(exchange: WireExchange, status: number): WireAnswer {
  const answer = onlyAnswer(exchange);
  expect(answer.status, exchange.text).toBe(status);
  expect(service.calls).toEqual([]);
  expectClean(answer, exchange.text);
  return answer;
}

function expectClean(answer: WireAnswer, text: string): void {
  expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.headers).not.toHaveProperty("server");
  expect(answer.headers).not.toHaveProperty("x-powered-by");
  expect(text).not.toContain(MARK);
  expect(text).not.toMatch(/\bat .*:\d+:\d+|node:|\/src\/|HPE_/);
  const problem = JSON.parse(answer.body) as { error: { message: string; code: number } | string; id?: null };
  if (typeof problem.error === "string") expect(problem.error.length).toBeLessThan(120);
  else
    expect(problem).toEqual({
      jsonrpc: "2.0",
      error: { code: expect.any(Number), message: expect.any(String) },
      id: null,
    });
}

describe("a good call", () => {
  it("gets through, so that the refusals below say something", async () => {
    const answer = onlyAnswer(await call());
    expect(answer.status).toBe(200);
    expect(service.calls).toMatchObject([
      { method: "POST", url: "/mcp", body: JSON.parse(CALL), principal: "token:alice", facts: { requestId: "made-1" } },
    ]);
  });

  it.each(["127.0.0.1:8080", "LOCALHOST", "localhost:1", "[::1]:9"])("may name the host %s", async (host) => {
    expect(onlyAnswer(await call({ host })).status).toBe(200);
  });

  it.each(["https://app.example", "http://localhost:6274"])("may come from a page of %s", async (origin) => {
    const { status, headers } = onlyAnswer(await call({ origin }));
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "access-control-allow-origin": origin, vary: "Origin" });
  });
});

describe("DNS rebinding", () => {
  it.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.",
    "127.0.0.1@evil.example",
    "evil.example#127.0.0.1",
    "127.0.0.1:80:80",
    "127.0.0.1, evil.example",
    "2130706433",
    "0x7f.1",
    "",
  ])("by the host %j ends in 403", async (host) => {
    expectRefused(await call({ host, origin: undefined }), 403);
    expect(service.refused).toEqual(["bad_host"]);
  });

  it("without a host ends in 403", async () => {
    expectRefused(await call({ host: undefined }), 403);
  });

  it("against the metrics ends in 401: a collector comes by any name, and always with a token", async () => {
    expectRefused(await send("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 401);
  });

  it("does not keep probes away, which come by address", async () => {
    expect(onlyAnswer(await send("GET /healthz HTTP/1.1\r\nHost: 10.0.0.7:3000\r\n\r\n")).status).toBe(200);
  });
});

describe("a page of another origin", () => {
  it.each([
    "https://evil.example",
    "null",
    "http://app.example",
    "https://app.example:444",
    "https://app.example.evil.example",
    "https://app.example/",
    "http://localhost:*",
    "http://localhost@evil.example",
    "https://app.example, https://evil.example",
    "",
  ])("%j ends in 403 and may not read why", async (origin) => {
    const { headers } = expectRefused(await call({ origin }), 403);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(headers["vary"]).toBe("Origin");
  });

  it("gets no preflight", async () => {
    const preflight = "OPTIONS /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\n";
    expectRefused(await send(`${preflight}Access-Control-Request-Method: POST\r\n\r\n`), 403);
  });
});

describe("tokens", () => {
  it.each([
    ["none", undefined, "missing"],
    ["a wrong one", `Bearer ${MARK}`, "invalid"],
    ["another scheme", "Basic Z29vZA==", "invalid"],
  ])("%s: 401 with a challenge", async (_, authorization, problem) => {
    const { headers } = expectRefused(await call({ authorization }), 401);
    expect(headers["www-authenticate"]).toBe(
      `Bearer error="${problem}", scope="pages:read snapshots:read", resource_metadata="https://seo.example/.well-known/oauth-protected-resource/mcp"`,
    );
  });

  it.each(["access_token", "token", "Access_Token", "api_key", "%74oken"])(
    "in the query as %s: 400, never logged",
    async (name) => {
      const exchange = await call({}, CALL, `POST /mcp?a=1&${name}=${MARK} HTTP/1.1`);
      expect(expectRefused(exchange, 400).body).toContain("Authorization: Bearer");
      await expect.poll(() => service.logged.length).toBe(1);
      expect(JSON.stringify(service.logged)).not.toContain(MARK);
    },
  );

  it("in the header, and any other query is cut off", async () => {
    expect(onlyAnswer(await call({}, CALL, `POST /mcp?utm=${MARK} HTTP/1.1`)).status).toBe(200);
    expect(service.calls[0]?.url).toBe("/mcp");
  });
});

describe("bodies", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

  it.each([
    ["declared too large", { "content-length": String(1024 * 1024 + 1) }, "{}", 413],
    ["declared absurdly large", { "content-length": "99999999999999999999" }, "{}", 400],
    ["compressed", { "content-encoding": "gzip" }, CALL, 415],
    ["nested 65 deep", {}, nested(65), 400],
    ["nested 200,000 deep", {}, nested(200_000), 400],
    ["nested deeply in objects", {}, `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`, 400],
    ["broken JSON", {}, `{"${MARK}": `, 400],
    ["not UTF-8", { "content-length": "3" }, '"\xff\xfe', 400],
    ["nothing", {}, "", 400],
    ["a batch of 21", {}, `[${Array(21).fill(CALL).join()}]`, 400],
  ])("%s", async (_, headers, body, status) => {
    expectRefused(await call(headers, body), status);
  });

  it("as deep as allowed get through, brackets in strings not counted", async () => {
    const body = `{"a":${nested(63)},"b":"${"[".repeat(500)}\\"["}`;
    expect(onlyAnswer(await call({}, body)).status).toBe(200);
  });

  it("streamed beyond the bound end in 413, and the client sees it though it goes on sending", async () => {
    const head = toCallBytes(
      { authorization: AUTHORIZATION, "content-length": undefined, "transfer-encoding": "chunked" },
      "",
    );
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const exchange = await sendRaw(service.url, head, {
      onConnect: (socket) => {
        const more = () => {
          while (socket.writable && socket.write(chunk)) {}
        };
        socket.on("drain", more);
        more();
      },
    });
    expect(expectRefused(exchange, 413).headers["connection"]).toBe("close");
    expect(exchange.isClosed).toBe(true);
  });

  it("wait for a word where the client asks for one, and are never asked for when refused", async () => {
    const waiting = { expect: "100-continue", authorization: AUTHORIZATION };
    expect((await sendRaw(service.url, toCallBytes(waiting), { answers: 1 })).text).toMatch(/^HTTP\/1\.1 100 Continue/);
    service.calls.length = 0;
    const refused = await send(toCallBytes({ ...waiting, authorization: undefined }, CALL).replace(CALL, ""));
    expectRefused(refused, 401);
    expect(refused.text).not.toContain("100 Continue");
    expectRefused(await call({ expect: MARK }), 417);
  });

  it("are not taken with other methods", async () => {
    expectRefused(await call({}, CALL, "GET /mcp HTTP/1.1"), 400);
    expectRefused(await call({}, CALL, "DELETE /mcp HTTP/1.1"), 400);
  });
});

describe("header smuggling", () => {
  const head = `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${AUTHORIZATION}\r\nContent-Type: application/json\r\n`;
  const smuggled = `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ${MARK}\r\n\r\n`;

  it.each([
    ["CL and TE", `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ["TE and CL", `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`],
    ["two lengths", `${head}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}${smuggled}`],
    ["two equal lengths", `${head}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ["a list of lengths", `${head}Content-Length: 2, 2\r\n\r\n{}`],
    ["a signed length", `${head}Content-Length: +2\r\n\r\n{}`],
    ["obs-fold", `${head}X-A: a\r\n ${MARK}\r\nContent-Length: 2\r\n\r\n{}`],
    ["a folded TE", `${head}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
    ["bare LF", head.replaceAll("\r\n", "\n").concat("Content-Length: 2\n\n{}")],
    ["one bare LF", `${head}X-A: a\nContent-Length: 2\r\n\r\n{}`],
    ["bare CR", `${head}X-A: a\rContent-Length: 2\r\n\r\n{}`],
    ["space before the colon", `${head}Content-Length : 2\r\n\r\n{}`],
    ["TE: xchunked", `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ["TE: chunked, identity", `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ["TE: gzip, chunked", `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ["TE in HTTP/1.0", head.replace("1.1", "1.0").concat("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")],
    ["TE twice", `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["a NUL", `${head}X-A: a\0b\r\nContent-Length: 2\r\n\r\n{}`],
    ["two tokens", `${head}Authorization: Bearer ${MARK}\r\nContent-Length: 2\r\n\r\n{}`],
    ["two content types", `${head}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`],
    ["two sessions", `${head}Mcp-Session-Id: a\r\nMcp-Session-Id: b\r\nContent-Length: 2\r\n\r\n{}`],
    ["a broken chunk", `${head}Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n`],
    ["a chunk that is longer than it says", `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}${MARK}\r\n0\r\n\r\n`],
    ["HTTP/0.9", "GET /mcp\r\n\r\n"],
    ["HTTP/2 in the clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ])("%s ends in 400, and nothing behind it is served", async (_, bytes) => {
    const exchange = await sendRaw(service.url, bytes);
    expectRefused(exchange, 400);
    expect(exchange.isClosed).toBe(true);
  });

  it("two hosts end in 403", async () => {
    const exchange = await sendRaw(service.url, `${head}Host: evil.example\r\nContent-Length: 2\r\n\r\n{}`);
    expectRefused(exchange, 403);
  });

  it("a second host behind 3,000 other headers is seen as well", async () => {
    const service16 = `${head}${"a:\r\n".repeat(3000)}Host: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}`;
    expectRefused(await send(service16), 403);
  });

  it("a header larger than 16 kB ends in 431", async () => {
    expectRefused(await send(`${head}X-A: ${"x".repeat(17_000)}\r\n\r\n`), 431);
    expect(service.refused).toEqual(["large_header"]);
  });

  it("trailers change nothing of a request that was let in", async () => {
    const trailer = "Host: evil.example\r\nAuthorization: Bearer x\r\n";
    const exchange = await send(`${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${trailer}\r\n`);
    expect(onlyAnswer(exchange).status).toBe(200);
    expect(service.calls).toMatchObject([{ body: {}, principal: "token:alice" }]);
  });
});

describe("path tricks", () => {
  it.each([
    ["//mcp", 404],
    ["/mcp/", 404],
    ["/mcp/../x", 404],
    ["/x/../mcp", 404],
    ["/./mcp", 404],
    ["/%6dcp", 404],
    ["/mcp%00", 404],
    ["/mcp%2f", 404],
    ["/mcp;x=1", 404],
    ["/MCP", 404],
    ["/mcp#x", 404],
    ["/..%2fmcp", 404],
    ["\\mcp", 400],
    ["http://127.0.0.1/mcp", 400],
    [`http://${MARK}.example/mcp`, 400],
    ["*", 400],
    ["mcp", 400],
    ["127.0.0.1:80", 400],
    ["/m\xe9cp", 400],
  ])("%s", async (target, status) => {
    expectRefused(await call({}, CALL, `POST ${target} HTTP/1.1`), status);
  });

  it("CONNECT and OPTIONS * end in 400", async () => {
    expectRefused(await send("CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), 400);
    expectRefused(await send("OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), 400);
  });

  it.each(["PUT", "PATCH", "TRACE", "HEAD"])("%s ends in 405 and is told what would do", async (method) => {
    const exchange = await sendRaw(
      service.url,
      toCallBytes({ connection: "close", "content-length": undefined }, "", `${method} /mcp HTTP/1.1`),
    );
    expect(exchange.text).toMatch(/^HTTP\/1\.1 405 /);
    expect(exchange.text).toMatch(/^allow: POST, GET, DELETE, OPTIONS\r$/im);
    expect(service.calls).toEqual([]);
  });
});

describe("log injection", () => {
  it("leaves what cannot be seen out of the log, and does not take ids that could forge one", async () => {
    const bidi = Buffer.from("‮").toString("latin1");
    const exchange = await call({ host: "evil\t\x85x", "x-request-id": `a b${bidi}`, traceparent: `00-${bidi}` });
    expectRefused(exchange, 403);
    await expect.poll(() => service.logged.length).toBe(1);
    expect(service.logged[0]).toEqual({
      level: "warn",
      event: "http.request",
      fields: {
        method: "POST",
        route: "/mcp",
        status: 403,
        ms: expect.any(Number),
        bytes: expect.any(Number),
        request_id: "made-1",
        reason: "bad_host",
        detail: "evil?x",
      },
    });
  });

  it("keeps a field to 200 characters", async () => {
    expectRefused(await call({ origin: `https://${"e".repeat(5000)}.example` }), 403);
    await expect.poll(() => service.logged.length).toBe(1);
    expect(String(service.logged[0]?.fields["detail"])).toHaveLength(201);
  });
});

describe("pipelining", () => {
  it("answers two calls in their order", async () => {
    const one = toCallBytes({ authorization: AUTHORIZATION, "x-request-id": "one" });
    const two = toCallBytes({ authorization: AUTHORIZATION, "x-request-id": "two" });
    const { answers } = await sendRaw(service.url, one + two, { answers: 2 });
    expect(answers.map(({ status, headers }) => [status, headers["x-request-id"]])).toEqual([
      [200, "one"],
      [200, "two"],
    ]);
  });

  it("does not serve what stands behind the end of a connection", async () => {
    const good = toCallBytes({ authorization: AUTHORIZATION });
    const exchange = await sendRaw(service.url, toCallBytes({ host: "evil.example" }) + good + good);
    expectRefused(exchange, 403);
    await expect.poll(() => service.ended.length).toBeGreaterThan(0);
    expect(service.calls).toEqual([]);
  });

  it("does not let a refused call hide another in its body", async () => {
    const inner = toCallBytes({ authorization: AUTHORIZATION });
    const { answers } = await sendRaw(service.url, toCallBytes({ authorization: undefined }, inner) + inner, {
      answers: 2,
    });
    expect(answers.map(({ status }) => status)).toEqual([401, 200]);
    expect(service.calls).toHaveLength(1);
  });
});
