import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { openSession, type RawAnswer, sendRaw } from "../support/http-clients.ts";
import { ask, callTool, createToken, type HttpProcess, startHttp } from "../support/http-start.ts";
import { PRICES } from "../support/open-shop.ts";

/** Of the same length and alphabet as a real one, and nobody's. */
const NEVER = "s_zzzzzzzz";

const BUY = { target: "acme.example", limit: 5 };

type Name = "ann" | "bob" | "cleo" | "dan";

describe.each(["disk", "memory"])("tenants, kept on %s", (store) => {
  const ids: Partial<Record<Name, string>> = {};
  let gateway: SandboxServer;
  let server: HttpProcess;
  let tokens: Record<Name, string>;

  beforeAll(async () => {
    gateway = await serveSandbox({ world: createWorld(), port: 0, prices: PRICES });
    server = await startHttp({
      AISA_API_KEY: "sk-aisa-http-tenants",
      AISA_BASE_URL: `${gateway.origin}/apis/v1`,
      DOMAIN_PAGES_STORE: store,
      DOMAIN_PAGES_HTTP_TOKENS: '{"version":1,"tokens":[]}',
      DOMAIN_PAGES_HTTP_CALLS_PER_MINUTE: "10000",
    });
    const [ann, bob, cleo, dan] = [
      await createToken(server, "ann"),
      await createToken(server, "bob", "--tenant", "token:ann"),
      await createToken(server, "cleo", "--tenant", "team-c"),
      await createToken(server, "dan", "--tenant", "team-c"),
    ];
    tokens = { ann, bob, cleo, dan };
  });

  afterAll(async () => {
    await server.stop();
    await gateway.close();
  });

  const call = (who: Name, name: string, args: Record<string, unknown>) =>
    callTool(server.url, name, args, { token: tokens[who] });
  const tell = (who: Name, method: string, params: Record<string, unknown> = {}) =>
    ask(server.url, method, params, { token: tokens[who] });

  it("buy the same each for themselves, and share within one tenant", async () => {
    const [ann, bob] = await Promise.all([call("ann", "get_domain_pages", BUY), call("bob", "get_domain_pages", BUY)]);
    expect(gateway.books.read().billed.calls).toBe(2);
    for (const { text } of [ann, bob]) expect(text).toContain("charged $0.03;");
    const cleo = await call("cleo", "get_domain_pages", { ...BUY, target: "example.com" });
    const dan = await call("dan", "get_domain_pages", { ...BUY, target: "example.com" });
    expect(dan.text).toContain("free now");
    expect(dan.data?.["snapshot_id"]).toBe(cleo.data?.["snapshot_id"]);
    expect(gateway.books.read().billed.calls).toBe(3);
    for (const [name, { data }] of Object.entries({ ann, bob, cleo, dan })) {
      ids[name as Name] = String(data?.["snapshot_id"]);
    }
    expect(new Set(Object.values(ids)).size).toBe(3);
  });

  it("say of another's snapshot what they say of one that never was, to the byte", async () => {
    const theirs = ids.ann ?? "";
    const ways: ((id: string) => Promise<unknown>)[] = [
      ...[{}, { handles: ["p1"] }, { group_by: "section" }, { limit: 1, offset: 3 }].map(
        (more) => (id: string) => call("cleo", "query_domain_pages", { snapshot_id: id, ...more }),
      ),
      (id) => call("cleo", "query_domain_pages", { snapshot_id: id, target: "acme.example" }),
      (id) => call("cleo", "compare_domain_pages", { snapshot_id: id, other_target: "example.com" }),
      (id) => call("cleo", "compare_domain_pages", { target: "example.com", other_snapshot_id: id }),
      ...["", "/rows.csv", "/pages.csv", "/pages.jsonl", "/redirects.csv", "/pages/p1", "/none"].map(
        (part) => (id: string) => tell("cleo", "resources/read", { uri: `domain-pages://snapshots/${id}${part}` }),
      ),
      (id) =>
        tell("cleo", "completion/complete", {
          ref: { type: "ref/resource", uri: "domain-pages://snapshots/{snapshot_id}/pages/{handle}" },
          argument: { name: "handle", value: "p" },
          context: { arguments: { snapshot_id: id } },
        }),
      (id) =>
        tell("cleo", "completion/complete", {
          ref: { type: "ref/resource", uri: "domain-pages://snapshots/{snapshot_id}" },
          argument: { name: "snapshot_id", value: id },
        }),
    ];
    for (const way of ways) {
      const [one, other] = [plain(await way(theirs), theirs), plain(await way(NEVER), NEVER)];
      expect(one).toBe(other);
      expect(one).not.toContain("acme.example,");
    }
  });

  it("are offered their own alone: lists, resources, completion, prompts, and what an error names", async () => {
    const completions = async (who: Name, ref: object, name: string, value: string) => {
      const { messages } = await tell(who, "completion/complete", { ref, argument: { name, value } });
      const completion = messages[0]?.result?.["completion"] as { values: string[] } | undefined;
      return completion?.values;
    };
    const byUri = { type: "ref/resource", uri: "domain-pages://snapshots/{snapshot_id}" };
    const byPrompt = { type: "ref/prompt", name: "link_audit" };
    for (const [who, own, target] of [
      ["ann", ids.ann, "acme.example"],
      ["bob", ids.bob, "acme.example"],
      ["dan", ids.cleo, "example.com"],
    ] as const) {
      const others = Object.values(ids).filter((id) => id !== own);
      const seen = [
        await tell(who, "resources/list"),
        await tell(who, "resources/read", { uri: "domain-pages://snapshots" }),
        await call(who, "query_domain_pages", { snapshot_id: NEVER }),
        await call(who, "query_domain_pages", { target: "unknown.example" }),
        await completions(who, byUri, "snapshot_id", "s_"),
        await completions(who, byUri, "snapshot_id", "example"),
      ].map((each) => JSON.stringify(each));
      for (const text of seen) {
        expect(text).toContain(own);
        for (const other of others) expect(text).not.toContain(other);
      }
      expect(await completions(who, byPrompt, "target", "")).toEqual([target]);
    }
  });

  it("never get a slice of what others keep, nor of what others are buying", async () => {
    const before = gateway.books.read().billed.calls;
    const slice = { target: "example.com", limit: 2, offset: 1 };
    const own = await call("dan", "get_domain_pages", slice);
    expect(own).toMatchObject({ isError: false, data: { snapshot_id: ids.cleo } });
    expect(own.text).toContain("a slice of kept snapshot");
    for (const who of ["ann", "bob"] as const) {
      const { text, data } = await call(who, "get_domain_pages", slice);
      expect(text).toContain("charged $0.027;");
      expect(text).not.toContain("a slice of");
      expect(data?.["snapshot_id"]).not.toBe(ids.cleo);
    }
    expect(gateway.books.read().billed.calls).toBe(before + 2);
    gateway.faults.add("slow;ms=300");
    const list = { target: "example.org", limit: 8 };
    const bought = call("cleo", "get_domain_pages", list);
    await vi.waitFor(() => expect(gateway.faults.waiting()).toEqual([]), { interval: 5 });
    const [same, other] = await Promise.all([
      call("dan", "get_domain_pages", { ...list, limit: 3 }),
      call("ann", "get_domain_pages", { ...list, limit: 3 }),
    ]);
    const theirs = (await bought).data?.["snapshot_id"];
    expect(same.data?.["snapshot_id"]).toBe(theirs);
    expect(other.data?.["snapshot_id"]).not.toBe(theirs);
    expect(gateway.books.read().billed.calls).toBe(before + 4);
  });

  it("are told nothing by an estimate of what others keep", async () => {
    const { data, text } = await call("cleo", "estimate_domain_pages", BUY);
    expect(data).toMatchObject({ kept: null });
    expect(text).not.toContain(ids.ann ?? "?");
    expect((await call("ann", "estimate_domain_pages", BUY)).text).toContain(ids.ann);
  });

  it("see their own through a session of the older era as well, and nothing else", async () => {
    const token = tokens.cleo;
    const session = await openSession(server.url, token);
    const read = async (uri: string): Promise<RawAnswer> =>
      sendRaw(server.url, { jsonrpc: "2.0", id: 9, method: "resources/read", params: { uri } }, { session, token });
    const theirs = await read(`domain-pages://snapshots/${ids.ann}/rows.csv`);
    const never = await read(`domain-pages://snapshots/${NEVER}/rows.csv`);
    expect(plain(theirs.messages, ids.ann ?? "")).toBe(plain(never.messages, NEVER));
    expect(JSON.stringify((await read(`domain-pages://snapshots/${ids.cleo}/rows.csv`)).messages)).toContain("p1,");
  });
});

/** An answer as text, with the id that was asked for written as one and the same. */
function plain(answer: unknown, id: string): string {
  const { headers: _headers, ...rest } = answer as Record<string, unknown>;
  return JSON.stringify(rest).replaceAll(id, "ID");
}
