import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readAnswer } from "../fixtures/load.ts";
import { type HeldUpstream, startHeldUpstream } from "../support/held-upstream.ts";
import {
  fetchRaw,
  HTTP_CLIENTS,
  type HttpClient,
  OLDER_HTTP_CLIENTS,
  openSession,
  toCall,
} from "../support/http-clients.ts";
import { ask, callTool, type HttpProcess, startHttp } from "../support/http-start.ts";

const WISH = { target: "dataforseo.com", limit: 10 };
const GET = { name: "get_domain_pages", arguments: WISH };
const CHARGE = { "x-aisa-price-usd": "0.048720" };

let upstream: HeldUpstream;
let server: HttpProcess;
const clients: HttpClient[] = [];

beforeEach(async () => {
  upstream = await startHeldUpstream();
  server = await startHttp({
    AISA_API_KEY: "sk-aisa-http-leaving",
    AISA_BASE_URL: upstream.baseUrl,
    DOMAIN_PAGES_CALLS_AT_ONCE: "1",
    DOMAIN_PAGES_LOG_LEVEL: "info",
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close().catch(() => {});
  await server.stop();
  await upstream.close();
});

const purchases = async (): Promise<{ target: string; state: string; counted_usd: number }[]> =>
  JSON.parse((await server.run("spend", "--json")).stdout).purchases;

const booked = (state: string) => vi.waitFor(async () => expect((await purchases())[0]?.state).toBe(state), 10_000);

describe.each(OLDER_HTTP_CLIENTS)("%s that cancels", (_name, connect) => {
  it("ends the purchase where it is, and the books say that it may have been charged", async () => {
    const client = await connect(server.url);
    clients.push(client);
    const controller = new AbortController();
    const calling = client.call(GET.name, WISH, { signal: controller.signal });
    const request = await upstream.next();
    controller.abort("the user changed their mind");
    await expect(calling).rejects.toThrow();
    await request.abandoned;
    await booked("unknown");
    expect(await purchases()).toMatchObject([{ target: "dataforseo.com", state: "unknown", counted_usd: 0.25 }]);
  });
});

describe("a connection that merely closes", () => {
  it.each([
    ["modern", async (signal: AbortSignal) => ask(server.url, "tools/call", GET, { signal })],
    [
      "older",
      async (signal: AbortSignal) => {
        const session = await openSession(server.url);
        return (await fetchRaw(server.url, toCall(2, GET.name, WISH), { session, signal })).text();
      },
    ],
  ])("lets a purchase that was sent come home, and the same again is free (%s era)", async (_era, send) => {
    const controller = new AbortController();
    const sending = send(controller.signal).catch(() => "gone");
    const request = await upstream.next();
    controller.abort();
    expect(await sending).toBe("gone");
    // The service has noticed once it has written its line about the request.
    await vi.waitFor(() => expect(server.log().filter(isCutOff)).toHaveLength(1));
    request.answer(200, readAnswer("ten-pages", WISH.target), CHARGE);
    await booked("charged");
    const again = await callTool(server.url, GET.name, WISH);
    expect(again.text).toContain("free now, charged $0.04872 when fetched");
  });

  it("ends what has not been sent, uncharged", async () => {
    const first = callTool(server.url, GET.name, { target: "acme.example" });
    const request = await upstream.next();
    // One at a time goes out, so this one waits.
    const controller = new AbortController();
    const second = ask(server.url, "tools/call", GET, { signal: controller.signal }).catch(() => "gone");
    await vi.waitFor(async () => expect(await purchases()).toHaveLength(2), 10_000);
    controller.abort();
    expect(await second).toBe("gone");
    await vi.waitFor(async () => expect((await purchases())[1]?.state).toBe("not_charged"), 10_000);
    request.answer(200, readAnswer("ten-pages"), CHARGE);
    expect((await first).isError).toBe(false);
    expect(await purchases()).toMatchObject([{ state: "charged" }, { state: "not_charged", counted_usd: 0 }]);
  });

  it("of a client of the older era that is killed with its session does the same", async () => {
    const session = await openSession(server.url);
    const news = new AbortController();
    const stream = await fetchRaw(server.url, undefined, { method: "GET", session, signal: news.signal });
    expect(stream.status).toBe(200);
    const controller = new AbortController();
    const calling = fetchRaw(server.url, toCall(2, GET.name, WISH), { session, signal: controller.signal });
    const gone = calling.catch(() => "gone");
    const request = await upstream.next();
    controller.abort();
    news.abort();
    await gone;
    await vi.waitFor(() => expect(server.log().filter(isCutOff).length).toBeGreaterThan(0));
    request.answer(200, readAnswer("ten-pages", WISH.target), CHARGE);
    await booked("charged");
  });
});

const isCutOff = ({ event, is_cut_off }: Record<string, unknown>) => event === "http.request" && is_cut_off === true;

describe("a long purchase", () => {
  it("sends progress to the clients of both eras, then the answer", async () => {
    const told: (string | undefined)[][] = HTTP_CLIENTS.map(() => []);
    const calls = HTTP_CLIENTS.map(async ([, connect], index) => {
      const client = await connect(server.url);
      clients.push(client);
      return client.call(GET.name, WISH, { onprogress: ({ message }) => told[index]?.push(message) });
    });
    const request = await upstream.next();
    // Progress is told every five seconds.
    await vi.waitFor(() => expect(told.every(({ length }) => length > 0)).toBe(true), 15_000);
    request.answer(200, readAnswer("ten-pages", WISH.target), CHARGE);
    for (const { content } of await Promise.all(calls)) expect(content[0]?.text).toContain("dataforseo.com: 10 of");
    expect(told.map(([first]) => first)).toEqual(HTTP_CLIENTS.map(() => "waiting for the upstream, 5 s"));
    expect(await purchases()).toHaveLength(1);
  });
});
