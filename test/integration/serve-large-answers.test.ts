import { afterEach, describe, expect, it } from "vitest";
import { type HttpService, openHttpService, toCallBytes } from "../support/http-service.ts";
import { openSlowClient } from "../support/slow-client.ts";

let service: HttpService | undefined;
afterEach(() => service?.close());

const READ = '{"jsonrpc":"2.0","id":1,"method":"resources/read"}';
/** More than the system's buffers take. */
const LARGE = "x".repeat(16 * 1024 * 1024);

/** Answers reads at length, and counts those that it was asked for. */
async function open(limits: { maxLargeAnswersPerCaller?: number; maxLargeAnswers?: number; largeStallMs?: number }) {
  const begun = { reads: 0 };
  service = await openHttpService({
    limits,
    async mcp(_req, res, body) {
      const isRead = (body as { method?: string }).method === "resources/read";
      if (isRead) begun.reads += 1;
      res.writeHead(200, { "content-type": "application/json" });
      res.end(isRead ? LARGE : "{}");
    },
  });
  return { service, begun };
}

const fetchText = async (url: string, body: string) =>
  (await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })).text();

describe("large answers", () => {
  it("are made for so many at once, and nothing else waits for them", async () => {
    const { service, begun } = await open({ maxLargeAnswersPerCaller: 2, largeStallMs: 60_000 });
    const silent = await Promise.all(Array.from({ length: 6 }, () => openSlowClient(service.url, false)));
    for (const { socket } of silent) socket.write(toCallBytes({}, READ));
    expect(await fetchText(service.url, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}')).toBe("{}");
    while (begun.reads < 2) await fetchText(service.url, "{}");
    for (let calls = 0; calls < 20; calls += 1) await fetchText(service.url, "{}");
    expect(begun.reads).toBe(2);
    // A client that leaves gives up its place, or its wait for one.
    for (const { socket } of silent) socket.destroy();
    expect((await fetchText(service.url, READ)).length).toBe(LARGE.length);
  });

  it("lose their place where nothing is read of them and others wait", async () => {
    const { service } = await open({ maxLargeAnswersPerCaller: 1, largeStallMs: 50 });
    const silent = await openSlowClient(service.url, false);
    silent.socket.write(toCallBytes({}, READ));
    expect((await fetchText(service.url, READ)).length).toBe(LARGE.length);
    expect((await fetchText(service.url, READ)).length).toBe(LARGE.length);
    silent.socket.destroy();
  });
});
