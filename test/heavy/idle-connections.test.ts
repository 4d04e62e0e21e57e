import { afterEach, describe, expect, it } from "vitest";
import { accessOf, GOOD_TOKEN, type HttpService, openHttpService, toCallBytes } from "../support/http-service.ts";
import { parseAnswers, sendRaw } from "../support/raw-http.ts";
import { openSilentClients, openSlowClient, readFileLimit } from "../support/slow-client.ts";

const TEN_MINUTES_MS = 600_000;

let service: HttpService;

afterEach(() => service.close());

describe("ten thousand idle connections", () => {
  // Both ends are open in this process: the clients, the connections that are kept, those that are being refused.
  const fileLimit = readFileLimit();
  const maxConnections = Math.min(1000, Math.floor(fileLimit / 8));
  const count = Math.min(10_000, fileLimit - maxConnections - 500);

  it(`(here ${count}) are refused politely; an earlier client and a health check are served all the while`, async () => {
    service = await openHttpService({
      access: accessOf(),
      limits: { maxConnections, headersTimeoutMs: TEN_MINUTES_MS },
    });
    const probe = () => sendRaw(service.origin, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", { answers: 1 });
    const earlier = await openSlowClient(service.url);
    const bytes = toCallBytes({ authorization: `Bearer ${GOOD_TOKEN}` });
    const served = () => parseAnswers(earlier.received()).answers.length;
    earlier.socket.write(bytes);
    await expect.poll(served).toBe(1);

    const crowd = openSilentClients(service.url, count);
    const probes = Array.from({ length: 20 }, async () => (await probe()).answers[0]?.status);
    earlier.socket.write(bytes);
    await expect.poll(served).toBe(2);
    const clients = await crowd;
    expect(new Set(await Promise.all(probes))).toEqual(new Set([200]));
    expect((await probe()).answers[0]?.status).toBe(200);
    const newcomer = await sendRaw(service.url, bytes, { answers: 1 });
    expect(newcomer.answers[0]?.status).toBe(200);
    earlier.socket.write(bytes);
    await expect.poll(served).toBe(3);

    expect(service.openConnections()).toBeLessThanOrEqual(maxConnections + 16);
    const refused = () => clients.filter(({ received }) => received().startsWith("HTTP/1.1 503 "));
    await expect.poll(() => refused().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count - maxConnections);
    expect(refused().every(({ received }) => parseAnswers(received()).answers.length === 1)).toBe(true);
    const lines = service.logged.filter(({ event }) => event === "http.connection_refused");
    expect(lines.length).toBeLessThan(100);
    for (const { socket } of clients) socket.destroy();
    earlier.socket.destroy();
  }, 120_000);
});
