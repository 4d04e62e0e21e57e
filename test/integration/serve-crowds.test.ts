import { afterEach, describe, expect, it } from "vitest";
import type { ServeMcp } from "../../src/serve/mcp-route.ts";
import { accessOf, CALL, GOOD_TOKEN, type HttpService, openHttpService, toCallBytes } from "../support/http-service.ts";
import { parseAnswers, sendRaw } from "../support/raw-http.ts";
import { openSilentClients, openSlowClient } from "../support/slow-client.ts";

const TEN_MINUTES_MS = 600_000;

let service: HttpService;
const release = new Set<() => void>();

afterEach(async () => {
  for (const end of release) end();
  release.clear();
  await service.close();
});

/** Answers once it is released. */
const held: ServeMcp = async (_req, res) => {
  await new Promise<void>((resolve) => release.add(resolve));
  res.end("{}");
};

const probe = () => sendRaw(service.origin, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", { answers: 1 });
const call = (id: string) => toCallBytes({ "x-request-id": id });

describe("a client that takes its time", () => {
  it("over the header, saying nothing, or after an answer, gets 408 or its end", async () => {
    service = await openHttpService({ limits: { headersTimeoutMs: 60, checkIntervalMs: 20, keepAliveTimeoutMs: 50 } });
    const silent = await openSlowClient(service.url);
    const slow = await openSlowClient(service.url);
    slow.socket.write("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Secret: attacker-mark");
    const idle = await openSlowClient(service.url);
    idle.socket.write(call("served"));
    await Promise.all([silent.ended, slow.ended, idle.ended]);
    for (const client of [silent, slow]) {
      expect(client.received()).toMatch(/^HTTP\/1\.1 408 /);
      expect(client.received()).toMatch(/^X-Content-Type-Options: nosniff\r$/m);
      expect(client.received()).not.toContain("attacker-mark");
    }
    expect(parseAnswers(idle.received()).answers.map(({ status }) => status)).toEqual([200]);
    expect(service.refused).toEqual(["slow_request", "slow_request"]);
  });

  it("over the body gets 408 and is not served", async () => {
    service = await openHttpService({ limits: { bodyTimeoutMs: 40, lingerMs: 40 } });
    const client = await openSlowClient(service.url);
    client.socket.write(toCallBytes({ "content-length": "1000" }));
    await client.ended;
    const [answer] = parseAnswers(client.received()).answers;
    expect(answer).toMatchObject({ status: 408, headers: { connection: "close" } });
    expect(JSON.parse(answer?.body ?? "")).toMatchObject({ jsonrpc: "2.0", id: null });
    expect(service.calls).toEqual([]);
    expect(service.refused).toEqual(["slow_body"]);
  });

  it("to read, and first sends all of a body that is refused, still gets its answer", async () => {
    service = await openHttpService({ limits: { lingerMs: 5000 } });
    const client = await openSlowClient(service.url, false);
    const body = "x".repeat(4_000_000);
    await new Promise<void>((resolve) => client.socket.write(toCallBytes({}, body), () => resolve()));
    let text = "";
    client.socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    await client.ended;
    expect(parseAnswers(text).answers.map(({ status }) => status)).toEqual([413]);
  });

  it("to read, and first sends all of a header that is no end of, still gets its answer", async () => {
    service = await openHttpService({ limits: { lingerMs: 5000 } });
    const client = await openSlowClient(service.url, false);
    const header = `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Filler: ${"x".repeat(4_000_000)}`;
    await new Promise<void>((resolve) => client.socket.write(header, () => resolve()));
    let text = "";
    client.socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    await client.ended;
    expect(parseAnswers(text).answers.map(({ status }) => status)).toEqual([431]);
  });

  it("over a body that was refused unread is cut off", async () => {
    service = await openHttpService({
      access: accessOf(),
      limits: { headersTimeoutMs: 40, bodyTimeoutMs: 40, checkIntervalMs: 20 },
    });
    const client = await openSlowClient(service.url);
    client.socket.write(toCallBytes({ "content-length": "1000" }));
    await client.ended;
    expect(parseAnswers(client.received()).answers.map(({ status }) => status)).toEqual([401]);
  });

  it("to read its answer is cut off, and the endpoint learns of it", async () => {
    let isOver = false;
    const flood: ServeMcp = (_req, res) =>
      new Promise((resolve) => {
        res.once("close", () => {
          isOver = true;
          resolve();
        });
        const more = () => {
          while (!res.destroyed && res.write("x".repeat(65_536))) {}
        };
        res.on("drain", more);
        more();
      });
    service = await openHttpService({ mcp: flood, limits: { stallTimeoutMs: 50 } });
    const client = await openSlowClient(service.url, false);
    client.socket.write(toCallBytes());
    await expect.poll(() => isOver, { timeout: 4000 }).toBe(true);
    await expect.poll(() => service.openConnections()).toBe(0);
    await expect.poll(() => service.logged.at(-1)?.fields["is_cut_off"]).toBe(true);
    client.socket.destroy();
  });

  it("waiting for an answer that takes longer than any of these bounds is served", async () => {
    const limits = {
      headersTimeoutMs: 20,
      bodyTimeoutMs: 20,
      checkIntervalMs: 10,
      stallTimeoutMs: 20,
      keepAliveTimeoutMs: 20,
    };
    service = await openHttpService({
      limits,
      // The answer comes after three other clients, one after the other, have run into their time bounds.
      mcp: async (_req, res) => {
        for (let other = 0; other < 3; other += 1) await (await openSlowClient(service.url)).ended;
        res.end("{}");
      },
    });
    expect((await sendRaw(service.url, toCallBytes(), { answers: 1 })).answers[0]?.status).toBe(200);
  });
});

describe("a client that leaves", () => {
  it("is logged as 499 and closes the response of the endpoint", async () => {
    let isClosed = false;
    service = await openHttpService({
      mcp: (_req, res) =>
        new Promise((resolve) => {
          res.once("close", () => {
            isClosed = true;
            resolve();
          });
        }),
    });
    const client = await openSlowClient(service.url);
    client.socket.write(toCallBytes());
    await expect.poll(() => service.calls.length).toBe(1);
    client.socket.destroy();
    await expect.poll(() => service.ended).toEqual([{ route: "/mcp", status: 499 }]);
    expect(isClosed).toBe(true);
  });
});

describe("a client that leaves with calls in a row", () => {
  it("closes the response of each, also of those whose turn to answer had not come", async () => {
    const closed: (string | undefined)[] = [];
    service = await openHttpService({
      mcp: (req, res) =>
        new Promise((resolve) => {
          res.once("close", () => {
            closed.push(req.headers["x-request-id"]?.toString());
            resolve();
          });
        }),
    });
    const client = await openSlowClient(service.url);
    client.socket.write(["1", "2", "3"].map(call).join(""));
    await expect.poll(() => service.calls.length).toBe(3);
    client.socket.destroy();
    await expect.poll(() => service.ended.length).toBe(3);
    expect(closed.sort()).toEqual(["1", "2", "3"]);
    expect(await service.drain(600_000)).toBe(true);
  });
});

describe("bad bytes behind a call under way", () => {
  it("do not cost it its answer, and end the connection", async () => {
    service = await openHttpService({ mcp: held });
    const client = await openSlowClient(service.url);
    client.socket.write(`${call("one")}attacker-mark\r\n\r\n`);
    await expect.poll(() => service.refused).toEqual(["malformed"]);
    for (const end of release) end();
    await client.ended;
    expect(parseAnswers(client.received()).answers).toMatchObject([
      { status: 200, headers: { "x-request-id": "one" } },
    ]);
    expect(client.received()).not.toContain("400");
  });
});

describe("more than the server has places for", () => {
  it("silent connections make room for newcomers, the oldest first, and are told so", async () => {
    service = await openHttpService({ limits: { maxConnections: 3, headersTimeoutMs: TEN_MINUTES_MS } });
    const [first, ...others] = await openSilentClients(service.url, 4);
    await first?.ended;
    expect(parseAnswers(first?.received() ?? "").answers).toMatchObject([
      {
        status: 503,
        headers: {
          "retry-after": "5",
          connection: "close",
          "x-content-type-options": "nosniff",
          "cache-control": "no-store",
        },
      },
    ]);
    for (const { socket } of others) socket.write(toCallBytes());
    await expect
      .poll(() => others.map(({ received }) => parseAnswers(received()).answers[0]?.status))
      .toEqual([200, 200, 200]);
    expect(service.refused).toEqual(["connections"]);
  });

  it("strangers that were refused make room as well, known clients do not", async () => {
    service = await openHttpService({ access: accessOf(), limits: { maxConnections: 2, probeConnections: 0 } });
    const known = await openSlowClient(service.url);
    known.socket.write(toCallBytes({ authorization: `Bearer ${GOOD_TOKEN}` }));
    await expect.poll(() => service.ended.length).toBe(1);
    const stranger = await openSlowClient(service.url);
    stranger.socket.write(toCallBytes());
    await expect.poll(() => service.ended.length).toBe(2);
    const newcomer = await openSlowClient(service.url);
    await stranger.ended;
    newcomer.socket.write(toCallBytes({ authorization: `Bearer ${GOOD_TOKEN}` }));
    await expect.poll(() => service.ended.length).toBe(3);
    const { answers } = await sendRaw(service.url, toCallBytes());
    expect(answers[0]?.status).toBe(503);
    known.socket.write(toCallBytes({ authorization: `Bearer ${GOOD_TOKEN}` }));
    await expect.poll(() => service.ended.map(({ status }) => status)).toEqual([200, 401, 200, 200]);
  });

  it("calls under way keep their places; the next client gets 503, a probe is still served", async () => {
    service = await openHttpService({ mcp: held, limits: { maxConnections: 2, probeConnections: 2 } });
    const busy = await openSilentClients(service.url, 2);
    for (const { socket } of busy) socket.write(toCallBytes());
    await expect.poll(() => service.calls.length).toBe(2);
    const late = await sendRaw(service.url, toCallBytes());
    expect(late.answers[0]).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect((await probe()).answers[0]?.status).toBe(200);
    expect(service.calls).toHaveLength(2);
    expect(service.refused).toEqual(["busy"]);
  });

  it("requests at once on one connection end in 429", async () => {
    service = await openHttpService({ mcp: held, limits: { maxPipelined: 2 } });
    const client = await openSlowClient(service.url);
    client.socket.write(["1", "2", "3", "4"].map(call).join(""));
    await expect.poll(() => service.calls.length).toBe(2);
    for (const end of release) end();
    await client.ended;
    const { answers } = parseAnswers(client.received());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  });
});

describe("many calls", () => {
  it("of one client in a minute end in 429 that says when to come back", async () => {
    service = await openHttpService({ callsPerMinute: 2 });
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1)
      statuses.push((await sendRaw(service.url, toCallBytes(), { answers: 1 })).answers[0]);
    expect(statuses.map((answer) => answer?.status)).toEqual([200, 200, 429]);
    expect(Number(statuses[2]?.headers["retry-after"])).toBeGreaterThan(0);
    expect(service.refused).toEqual(["rate_limited"]);
  });

  it("in one batch take a turn each", async () => {
    service = await openHttpService({ callsPerMinute: 3 });
    const send = (calls: number) =>
      sendRaw(service.url, toCallBytes({}, `[${Array(calls).fill(CALL).join()}]`), { answers: 1 });
    expect((await send(4)).answers[0]?.status).toBe(429);
    expect(service.calls).toEqual([]);
  });
});
