import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import type { AnswerQuestion } from "../support/clients.ts";
import { HTTP_CLIENTS, type HttpClient, openSession, sendRaw, toCall } from "../support/http-clients.ts";
import { ask, type HttpProcess, startHttp } from "../support/http-start.ts";
import { PRICES } from "../support/open-shop.ts";

const QUESTION = "Buy up to 20 pages of acme.example for $0.045, as the gateway quotes it?";

let free: HttpProcess;
let paid: HttpProcess;
let asking: HttpProcess;
/** One for each of the paid servers: its books are that server's. */
let gateways: Record<"paid" | "asking", SandboxServer>;
const clients: HttpClient[] = [];

beforeAll(async () => {
  const open = () => serveSandbox({ world: createWorld(), port: 0, prices: PRICES });
  gateways = { paid: await open(), asking: await open() };
  const live = ({ origin }: SandboxServer) => ({
    AISA_API_KEY: "sk-aisa-http-clients",
    AISA_BASE_URL: `${origin}/apis/v1`,
    DOMAIN_PAGES_STORE: "memory",
  });
  [free, paid, asking] = await Promise.all([
    startHttp({ DOMAIN_PAGES_STORE: "memory" }),
    startHttp(live(gateways.paid)),
    startHttp({ ...live(gateways.asking), DOMAIN_PAGES_ASK_ABOVE_USD: "0.03" }),
  ]);
});

afterAll(async () => {
  await Promise.all([free, paid, asking].map((server) => server.stop()));
  await Promise.all(Object.values(gateways).map((gateway) => gateway.close()));
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

const keep = <T extends HttpClient>(client: T): T => {
  clients.push(client);
  return client;
};

describe.each(HTTP_CLIENTS)("%s, over HTTP", (name, connect) => {
  it("lists the tools, buys, asks for free, reads, prompts and completes", async () => {
    const client = keep(await connect(free.url));
    expect(await client.tools()).toEqual([
      "get_domain_pages",
      "estimate_domain_pages",
      "query_domain_pages",
      "compare_domain_pages",
    ]);
    const got = await client.call("get_domain_pages", { target: "acme.example", limit: 20 });
    expect(got.isError).toBeFalsy();
    expect(got.content[0]?.text).toMatch(/^SANDBOX: /);
    expect(got.structuredContent).toMatchObject({ target: "acme.example", source: "sandbox", urls_fetched: 20 });
    const snapshot_id = String(got.structuredContent?.["snapshot_id"]);
    const rows = await client.call("query_domain_pages", { snapshot_id, status: "broken", limit: 1 });
    expect(rows.content[0]?.text).toContain("p2,/anvil-size-calculator,404");
    expect((await client.read(`domain-pages://snapshots/${snapshot_id}/pages.csv`))?.trim().split("\n")).toHaveLength(
      21,
    );
    expect(await client.read("domain-pages://fields")).toContain("page_summary.backlinks");
    expect(await client.prompt("link_audit", { target: "acme.example" })).toContain("acme.example");
    expect(await client.complete("link_audit", "target", "acm")).toEqual(["acme.example"]);
  });

  it("refuses bad arguments with the rule, as an answer of the tool", async () => {
    const client = keep(await connect(free.url));
    const { content, isError } = await client.call("get_domain_pages", { target: "acme.example", limits: 5 });
    expect(isError).toBe(true);
    expect(content[0]?.text).toContain('did you mean "limit"');
    expect(content[0]?.text).toContain("Not charged.");
    await expect(client.read("domain-pages://snapshots/s_nothere/pages.csv")).rejects.toThrow(
      /no snapshot is kept under this id/,
    );
    await expect(client.call("no_such_tool", {})).rejects.toMatchObject({ code: -32602 });
  });

  it("is told the charge and what is left of the budget, then the same for free", async () => {
    const client = keep(await connect(paid.url));
    // A wish of its own for each client: what one bought is free for the next.
    const wish = { target: "acme.example", limit: 10, offset: HTTP_CLIENTS.findIndex(([each]) => each === name) };
    const first = await client.call("get_domain_pages", wish);
    const { billed, bills } = gateways.paid.books.read();
    expect(bills.at(-1)).toMatchObject({ target: "acme.example", micros: 35_000 });
    const left = 5 - billed.micros / 1_000_000;
    expect(first.content[0]?.text).toContain(`charged $0.035; upstream cost $0; $${left} left of today's budget`);
    const again = await client.call("get_domain_pages", wish);
    expect(again.content[0]?.text).toContain("free now, charged $0.035 when fetched");
    expect(gateways.paid.books.read().billed).toEqual(billed);
  });

  it.each<[string, ReturnType<AnswerQuestion>, boolean]>([
    ["no", { action: "decline" }, false],
    ["yes", { action: "accept", content: { agree: true } }, true],
  ])("puts the price to the person, and does as they say: %s", async (_what, said, isBought) => {
    const asked: string[] = [];
    const client = keep(
      await connect(asking.url, {
        person: (message) => {
          asked.push(message);
          return said;
        },
      }),
    );
    const { books } = gateways.asking;
    const before = books.read().billed.calls;
    const offset = HTTP_CLIENTS.findIndex(([each]) => each === name);
    const { isError } = await client.call("get_domain_pages", { target: "acme.example", limit: 20, offset });
    expect(asked).toEqual([QUESTION]);
    expect(isError === true).toBe(!isBought);
    expect(books.read().billed.calls).toBe(before + (isBought ? 1 : 0));
  });
});

describe("the form of an answer", () => {
  const GET = { name: "get_domain_pages", arguments: { target: "example.com", limit: 2 } };

  it("is plain JSON in the modern era, and a stream in the older one", async () => {
    const modern = await ask(free.url, "tools/call", GET);
    expect(modern.headers.get("content-type")).toMatch(/^application\/json/);
    expect(modern.messages).toMatchObject([{ id: 1, result: { structuredContent: { target: "example.com" } } }]);
    const session = await openSession(free.url);
    const older = await sendRaw(free.url, toCall(7, GET.name, GET.arguments), { session });
    expect(older.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(older.messages.at(-1)).toMatchObject({ id: 7, result: { structuredContent: { target: "example.com" } } });
  });
});
