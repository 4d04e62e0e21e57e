import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { runBuilt } from "../support/built.ts";
import { CLIENTS, type ConnectedClient } from "../support/clients.ts";
import { type HeldUpstream, startHeldUpstream } from "../support/held-upstream.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const KEY = "sk-aisa-0123456789abcdef";
const SAVED = fileURLToPath(new URL("../fixtures/answers/ten-pages.json", import.meta.url));

describe.each(CLIENTS)("%s over stdio", (_name, connect) => {
  let client: ConnectedClient | undefined;
  let upstream: HeldUpstream | undefined;

  const connectLive = async () => {
    upstream = await startHeldUpstream();
    client = await connect({ AISA_API_KEY: KEY, AISA_BASE_URL: upstream.baseUrl, DOMAIN_PAGES_LOG_LEVEL: "debug" });
    return { client, upstream };
  };

  afterEach(async () => {
    await client?.close();
    await upstream?.close();
    client = undefined;
    upstream = undefined;
  });

  it("lists the tool with its instructions", async () => {
    client = await connect();
    const tools = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "get_domain_pages",
      "estimate_domain_pages",
      "query_domain_pages",
      "compare_domain_pages",
    ]);
    expect(tools[0]?.inputSchema["required"]).toEqual(["target"]);
    expect(client.instructions()).toContain("get_domain_pages (PAID on the live source)");
    expect(client.serverName()).toBe("domain-pages-mcp");
  });

  it("answers from the sandbox without a key, and says so first", async () => {
    client = await connect();
    const { content, structuredContent, isError } = await client.call("get_domain_pages", {
      target: "acme.example",
      limit: 20,
    });
    expect(isError).toBeFalsy();
    expect(content[0]?.text).toMatch(/^SANDBOX: /);
    expect(content[0]?.text).toContain("acme.example: 20 of 93 URLs fetched");
    expect(structuredContent).toMatchObject({ target: "acme.example", source: "sandbox", urls_fetched: 20 });
  });

  it("reads a paid reply that no version can read yet, and finds it imported once the command line could", async () => {
    const folder = makeTempFolder();
    upstream = await startHeldUpstream();
    const env = {
      HOME: folder,
      AISA_API_KEY: KEY,
      AISA_BASE_URL: upstream.baseUrl,
      DOMAIN_PAGES_MAX_REPLY_MB: "1",
    };
    client = await connect(env);
    const buy = async (limit: number, body: string) => {
      const asked = client?.call("get_domain_pages", { target: "acme.example", limit });
      (await upstream?.next())?.answer(200, body, { "x-aisa-price-usd": "0.024" });
      const { isError, content } = (await asked) ?? { content: [] };
      expect(isError).toBe(true);
      expect(content[0]?.text).toContain("This call was charged $0.024.");
      const uri = /domain-pages:\/\/replies\/u_\w{8}/.exec(content[0]?.text ?? "")?.[0] ?? "";
      return { uri, text: ((await client?.read(uri)) ?? []).map(({ text }) => text).join("") };
    };
    const html = await buy(5, "<html>Your pages</html>");
    expect(html.text).toContain('"charged_usd":0.024,"request":{"target":"acme.example","limit":5}}');
    expect(html.text).toContain("<html>Your pages</html>");

    // Of one that is too large the beginning is kept, of which the pages that are whole can be read.
    const saved = JSON.parse(await readFile(SAVED, "utf8"));
    const [result] = saved.tasks[0].result;
    result.items = Array.from({ length: 1000 }, (_, n) => ({
      ...result.items[n % 10],
      page: `https://acme.example/${n}`,
    }));
    const large = await buy(1000, JSON.stringify(saved));
    const id = large.uri.slice(-10);
    const imported = await runBuilt(["import", id, "--json"], { env });
    expect(imported.stderr).toBe("");
    const { snapshot_id, urls_fetched, notes } = JSON.parse(imported.stdout);
    expect(urls_fetched).toBeGreaterThan(20);
    expect(urls_fetched).toBeLessThan(1000);
    expect(notes).toContain("the reply broke off; its pages were read as far as they are whole");
    const asked = await client.call("query_domain_pages", { snapshot_id, limit: 1 });
    expect(asked.content[0]?.text).toContain("the reply broke off");
    const unread = await runBuilt(["import", html.uri.slice(-10)], { env });
    expect({ code: unread.code, stderr: unread.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("holds something that is no JSON object"),
    });
    const none = await runBuilt(["import", "u_00000000"], { env });
    expect(none.stderr).toContain("u_00000000");
  });

  it("estimates before anything is paid", async () => {
    client = await connect();
    const { content, structuredContent, isError } = await client.call("estimate_domain_pages", {
      target: "acme.example",
      limit: 20,
    });
    expect(isError).toBeFalsy();
    expect(content[0]?.text).toContain("estimate for acme.example; nothing was bought");
    expect(structuredContent).toMatchObject({ price: { quoted_usd: 0 }, kept: null, urls_at_most: 20 });
  });

  it("keeps what an answer left out readable as a resource", async () => {
    client = await connect();
    const { structuredContent } = await client.call("get_domain_pages", { target: "acme.example" });
    expect(structuredContent?.["coverage"]).toMatchObject({ rows_left_out: expect.any(Number) });
    const uris = (await client.listResources()).map(({ uri }) => uri);
    const base = `domain-pages://snapshots/${structuredContent?.["snapshot_id"]}`;
    expect(uris).toEqual([
      "domain-pages://fields",
      "domain-pages://snapshots",
      "ui://domain-pages/view",
      base,
      `${base}/rows.csv`,
    ]);
    const linesOf = async (uri: string) => (await client?.read(uri))?.[0]?.text?.trim().split("\n").length;
    expect(await linesOf(`${base}/rows.csv`)).toBe(1 + Number(structuredContent?.["pages_after_folding"]));
    expect(await linesOf(`${base}/pages.csv`)).toBe(1 + Number(structuredContent?.["urls_fetched"]));
  });

  it("answers what follows for free: rows, groups, records, comparisons", async () => {
    client = await connect();
    const { structuredContent } = await client.call("get_domain_pages", { target: "acme.example", limit: 1000 });
    const snapshot_id = String(structuredContent?.["snapshot_id"]);
    const ask = async (args: Record<string, unknown>) => {
      const answer = await client?.call("query_domain_pages", { snapshot_id, ...args });
      return { text: answer?.content[0]?.text ?? "", data: answer?.structuredContent, isError: answer?.isError };
    };
    const broken = await ask({ status: "broken", order_by: ["page_summary.backlinks,desc"], limit: 1 });
    expect(broken.text).toContain("p2,/anvil-size-calculator,404");
    expect(broken.data?.["rows"]).toHaveLength(1);
    expect((await ask({ group_by: "section" })).text).toContain("\n/blog,");
    expect((await ask({ handles: ["p2"] })).text).toContain("anvil-size-calculator");
    const refused = await ask({ handles: ["p1001"], minbacklinks: 3 });
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain('did you mean "min_backlinks"');
    await client.call("get_domain_pages", { target: "example.com" });
    const compared = await client.call("compare_domain_pages", { target: "acme.example", other_target: "example.com" });
    expect(compared.content[0]?.text).toContain("acme.example beside example.com");
    expect(compared.structuredContent).toBeDefined();
  });

  it("refuses bad arguments with the rule and a value that works", async () => {
    client = await connect();
    const { content, isError, structuredContent } = await client.call("get_domain_pages", {
      target: "192.0.2.1",
      limits: 5,
    });
    expect(isError).toBe(true);
    expect(structuredContent).toBeUndefined();
    expect(content[0]?.text).toContain("is an IP address");
    expect(content[0]?.text).toContain('did you mean "limit"');
    expect(content[0]?.text).toContain("Not charged.");
  });

  it("refuses an unknown snapshot and names the known ones", async () => {
    client = await connect();
    await client.call("get_domain_pages", { target: "example.com", limit: 3 });
    await expect(client.read("domain-pages://snapshots/s_nothere/pages.csv")).rejects.toThrow(
      /no snapshot is kept under this id[\s\S]*s_\w{8} \(example\.com/,
    );
  });

  it("sends the checked request to the paid endpoint and reports the charge", async () => {
    const live = await connectLive();
    const calling = live.client.call("get_domain_pages", { target: "https://www.Acme.example/", limit: "10" });
    const request = await live.upstream.next();
    expect(request).toMatchObject({ method: "POST", url: "/apis/v1/dataforseo/backlinks/domain_pages/live" });
    expect(request.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(JSON.parse(request.body)).toEqual({ target: "acme.example", limit: 10 });
    request.answer(200, emptyAnswer(), { "x-aisa-price-usd": "0.048000" });
    const { content, isError } = await calling;
    expect(isError).toBeFalsy();
    expect(content[0]?.text).toContain("acme.example: no pages found");
    expect(content[0]?.text).toContain("charged $0.048; upstream cost $0.024");
    expect(live.client.stderr()).toContain("upstream.answered");
    expect(live.client.stderr()).not.toContain(KEY);
  });

  it("turns a failure of the upstream into what happened, whether it was charged, and what to do", async () => {
    const live = await connectLive();
    const calling = live.client.call("get_domain_pages", { target: "acme.example" });
    (await live.upstream.next()).answer(
      401,
      JSON.stringify({
        error: { type: "authentication_error", code: "invalid_api_key", message: `bad ${KEY}`, request_id: "req_7" },
      }),
    );
    const { content, isError } = await calling;
    expect(isError).toBe(true);
    expect(content[0]?.text).toBe(
      "The gateway does not accept the API key. Not charged. Do not retry; check AISA_API_KEY (`domain-pages-mcp doctor` tests it for free). (request id req_7)",
    );
    expect(live.client.stderr()).not.toContain(KEY);
  });

  it("passes a cancellation on to the upstream", async () => {
    const live = await connectLive();
    const cancel = new AbortController();
    const calling = live.client.call("get_domain_pages", { target: "acme.example" }, { signal: cancel.signal });
    const request = await live.upstream.next();
    cancel.abort();
    await expect(calling).rejects.toThrow();
    await request.abandoned;
    // The connection to the client lives on.
    expect(await live.client.listTools()).not.toEqual([]);
  });

  it("aborts a call in flight when the client leaves", async () => {
    const live = await connectLive();
    const calling = live.client.call("get_domain_pages", { target: "acme.example" });
    const lost = expect(calling).rejects.toThrow();
    const request = await live.upstream.next();
    await live.client.close();
    await lost;
    await request.abandoned;
  });
});

function emptyAnswer(): string {
  return JSON.stringify({
    version: "0.1.20261101",
    status_code: 20000,
    cost: 0.024,
    tasks: [
      { id: "11240200-0001-0270-0000-000000000000", status_code: 20000, cost: 0.024, result_count: 0, result: null },
    ],
  });
}
