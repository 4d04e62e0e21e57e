import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { finish, runBuilt, start } from "../support/built.ts";
import { fetchRaw, openSession } from "../support/http-clients.ts";
import { toCallBytes } from "../support/http-service.ts";
import { ask, callTool, createToken, type HttpProcess, parseLog, startHttp, toModern } from "../support/http-start.ts";
import { sendRaw } from "../support/raw-http.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const NO_TOKENS = { DOMAIN_PAGES_HTTP_TOKENS: '{"version":1,"tokens":[]}' };

/** Starts what must not start; a service that did would be found by the test's time limit. */
const refuse = (env: Record<string, string>, ...args: string[]) => runBuilt(["http", "--port", "0", ...args], { env });

describe("a service that must not start", () => {
  it.each<[string, Record<string, string>, string[], string[]]>([
    [
      "beyond loopback without access control",
      { DOMAIN_PAGES_HTTP_PUBLIC_URL: "https://mcp.example.com/mcp" },
      ["--host", "0.0.0.0"],
      ["Listening on 0.0.0.0 without access control would let anybody spend your money.", "token create"],
    ],
    [
      "on every address of IPv6 without access control",
      { DOMAIN_PAGES_HTTP_HOST: "::", DOMAIN_PAGES_HTTP_ALLOWED_HOSTS: "mcp.example.com" },
      [],
      ["Listening on :: without access control"],
    ],
    [
      "beyond loopback without a name that it goes by",
      NO_TOKENS,
      ["--host", "0.0.0.0"],
      ["Listening on 0.0.0.0 needs the name that clients use.", "DOMAIN_PAGES_HTTP_PUBLIC_URL", "ALLOWED_HOSTS"],
    ],
    [
      "with an issuer and no public URL",
      { DOMAIN_PAGES_HTTP_OAUTH_ISSUER: "https://id.example.com" },
      [],
      ["DOMAIN_PAGES_HTTP_OAUTH_ISSUER needs DOMAIN_PAGES_HTTP_PUBLIC_URL."],
    ],
    [
      "with an issuer over plain http",
      { DOMAIN_PAGES_HTTP_OAUTH_ISSUER: "http://id.example.com" },
      [],
      ["DOMAIN_PAGES_HTTP_OAUTH_ISSUER: must be https"],
    ],
    [
      "with a token file that is not there",
      { DOMAIN_PAGES_HTTP_TOKENS_FILE: "/nowhere/tokens.json" },
      [],
      ["/nowhere/tokens.json: there is no such token file", "token create"],
    ],
    [
      "under a public name without access control, as when the token file is gone",
      { DOMAIN_PAGES_HTTP_PUBLIC_URL: "https://mcp.example.com/mcp" },
      [],
      ["Serving mcp.example.com without access control", "put it back", "DOMAIN_PAGES_HTTP_TOKENS_FILE"],
    ],
    [
      "for another host name without access control",
      { DOMAIN_PAGES_HTTP_ALLOWED_HOSTS: "localhost,mcp.example.com" },
      [],
      ["Serving mcp.example.com without access control"],
    ],
    [
      "with tokens that did not arrive",
      { DOMAIN_PAGES_HTTP_TOKENS: "" },
      [],
      ["DOMAIN_PAGES_HTTP_TOKENS counts as unset", "who may call, and without it everybody could", "take the variable"],
    ],
    [
      "with a token file that was left empty",
      { DOMAIN_PAGES_HTTP_TOKENS_FILE: " " },
      [],
      ["TOKENS_FILE counts as unset"],
    ],
    ["with an issuer that was left empty", { DOMAIN_PAGES_HTTP_OAUTH_ISSUER: "" }, [], ["ISSUER counts as unset"]],
    ["with tokens that are no JSON", { DOMAIN_PAGES_HTTP_TOKENS: "dpm_mine" }, [], ["DOMAIN_PAGES_HTTP_TOKENS"]],
    ["on a port that is none", {}, ["--port", "65536"], ["port: must be at most 65535"]],
    ["on an address of somebody else", NO_TOKENS, ["--host", "203.0.113.7"], ["needs the name that clients use"]],
    ["with an operand", {}, ["now"], ['"http" takes no operand, got 1']],
  ])("does not: %s", async (_what, env, args, words) => {
    const { code, stdout, stderr } = await refuse(env, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    for (const each of words) expect(stderr).toContain(each);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stderr).not.toContain("dpm_mine");
  });

  it("does not: with a token file that is bad, and names entry, field and rule", async () => {
    const file = path.join(makeTempFolder(), "tokens.json");
    const secret = `dpm_abcdefgh_${"s".repeat(43)}`;
    writeFileSync(file, JSON.stringify({ version: 1, tokens: [{ id: "abcdefgh", name: "alice", sha256: secret }] }));
    const { code, stdout, stderr } = await refuse({ DOMAIN_PAGES_HTTP_TOKENS_FILE: file });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("tokens[0] (alice).sha256");
    expect(stderr).not.toContain("sss");
  });

  it.each([
    ["empty", (file: string) => writeFileSync(file, "")],
    ["a folder", (file: string) => mkdirSync(file)],
    ["a list", (file: string) => writeFileSync(file, "[]")],
  ])("does not: with a token file in the data folder that is %s", async (_what, spoil) => {
    const folder = makeTempFolder();
    const file = path.join(folder, "tokens.json");
    spoil(file);
    const { code, stderr } = await refuse({ DOMAIN_PAGES_CACHE_DIR: folder });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(`${file}:`) });
  });

  it("does not: under its public name again once its token file has gone", async () => {
    const env = {
      HOME: makeTempFolder(),
      DOMAIN_PAGES_CACHE_DIR: makeTempFolder(),
      DOMAIN_PAGES_HTTP_PUBLIC_URL: "https://mcp.example.com/mcp",
    };
    const token = await createToken({ env }, "alice");
    const server = await startHttp(env);
    const asAlice = () => ask(server.url, "tools/list", {}, { token });
    expect((await asAlice()).status).toBe(200);
    rmSync(path.join(env.DOMAIN_PAGES_CACHE_DIR, "tokens.json"));
    await vi.waitFor(async () => expect((await asAlice()).status).toBe(401), { timeout: 10_000 });
    await server.stop();
    expect(await refuse(env)).toMatchObject({ code: 2, stderr: expect.stringContaining("put it back") });
  });

  it("does not: on a port where another program listens", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const child = start(["http", "--port", String(port)]);
    const { code, stdout, stderr } = await finish(child);
    other.close();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`Cannot listen on 127.0.0.1, port ${port}: another program listens there.`);
  });
});

describe("a service that may start", () => {
  it("says where it listens on stdout and nothing else, and logs JSON on stderr", async () => {
    const server = await startHttp({ DOMAIN_PAGES_LOG_LEVEL: "debug" }, ["--host", "localhost"]);
    expect(server.url.href).toMatch(/^http:\/\/localhost:\d+\/mcp$/);
    expect((await callTool(server.url, "get_domain_pages", { target: "acme.example", limit: 2 })).isError).toBe(false);
    await callTool(server.url, "get_domain_pages", { target: 7 });
    await server.get("/metrics");
    const { code, stdout, stderr } = await server.stop();
    expect({ code, stdout }).toEqual({ code: 0, stdout: `listening on ${server.url}\n` });
    const events = parseLog(stderr).map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(["http.serving", "upstream.answered", "http.request"]));
    expect(events.at(-1)).toBe("http.closed");
  });

  it.each(["SIGINT", "SIGHUP"] as const)("ends with 0 on %s", async (signal) => {
    const server = await startHttp();
    server.child.kill(signal);
    expect(await server.ended).toMatchObject({ code: 0 });
  });

  it.each(["127.0.0.2", "::1", "[::1]"])("serves the address that it prints: %s", async (host) => {
    const server = await startHttp({ DOMAIN_PAGES_STORE: "memory" }, ["--host", host]);
    expect((await ask(server.url, "tools/list")).status).toBe(200);
    await server.stop();
  });

  it("listens on every address once it has tokens and a name, and serves that name alone", async () => {
    const env = { HOME: makeTempFolder() };
    const token = await createToken({ env }, "alice");
    const server = await startHttp(
      { ...env, DOMAIN_PAGES_HTTP_PUBLIC_URL: "https://mcp.example.com/mcp", DOMAIN_PAGES_STORE: "memory" },
      ["--host", "0.0.0.0"],
    );
    const url = new URL(`http://127.0.0.1:${server.url.port}/mcp`);
    const statusFor = async (host: string) => {
      const { body, headers } = toModern("tools/list");
      const sent = { ...headers, host, authorization: `Bearer ${token}` };
      const { answers } = await sendRaw(url.href, toCallBytes(sent, JSON.stringify(body)), { answers: 1 });
      return answers[0]?.status;
    };
    expect(await statusFor("mcp.example.com")).toBe(200);
    expect(await statusFor("127.0.0.1")).toBe(403);
    expect(await statusFor("other.example.com")).toBe(403);
    await server.stop();
  });

  it("says that it is open, and shuts with the first token for good: for calls, streams and metrics", async () => {
    const env = { HOME: makeTempFolder(), DOMAIN_PAGES_CACHE_DIR: makeTempFolder() };
    const server = await startHttp(env);
    const told = () => server.log().map(({ level, event }) => `${level} ${event}`);
    await vi.waitFor(() => expect(told()).toEqual(["warn http.open"]));
    const session = await openSession(server.url);
    const news = await fetchRaw(server.url, undefined, { method: "GET", session });
    expect([news.status, (await server.get("/metrics")).status]).toEqual([200, 200]);
    const token = await createToken({ env }, "alice");
    expect((await ask(server.url, "tools/list", {}, { token })).status).toBe(200);
    expect(told()).toEqual(["warn http.open", "warn access.shut"]);
    expect((await ask(server.url, "tools/list")).status).toBe(401);
    expect((await fetchRaw(server.url, { jsonrpc: "2.0", id: 2, method: "ping" }, { session, token })).status).toBe(
      404,
    );
    expect((await server.get("/metrics")).status).toBe(401);
    // Ends by itself.
    await news.text();
    rmSync(path.join(env.DOMAIN_PAGES_CACHE_DIR, "tokens.json"));
    expect((await ask(server.url, "tools/list")).status).toBe(401);
    await server.stop();
  });

  it("lets nobody in by a first token file that is bad, and says so", async () => {
    const env = { HOME: makeTempFolder(), DOMAIN_PAGES_CACHE_DIR: makeTempFolder() };
    const server = await startHttp(env);
    writeFileSync(path.join(env.DOMAIN_PAGES_CACHE_DIR, "tokens.json"), "{");
    const token = `dpm_abcdefgh_${"s".repeat(43)}`;
    expect((await ask(server.url, "tools/list", {}, { token })).status).toBe(503);
    expect((await ask(server.url, "tools/list")).status).toBe(401);
    expect(server.log()).toContainEqual(expect.objectContaining({ level: "error", event: "access.tokens_file" }));
    await server.stop();
  });

  it("starts by the recipe of the systemd unit, a step after the other", async () => {
    const unit = readFileSync(new URL("../../deploy/domain-pages-mcp.service", import.meta.url), "utf8");
    const state = path.join(makeTempFolder(), "state");
    const here = (text: string) => text.replaceAll("/var/lib/domain-pages-mcp", state);
    const settings = [...unit.matchAll(/^Environment=([A-Z_]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]);
    const env = {
      HOME: makeTempFolder(),
      ...Object.fromEntries(settings.map(([name, value = ""]) => [name, here(value)])),
    };
    const steps = unit.split("\n").flatMap((line) => /^# {3}(\S.*)$/.exec(line)?.[1] ?? []);
    let token = "";
    let server: HttpProcess | undefined;
    for (const step of steps) {
      const words = here(step).split(/\s+/);
      if (words[0] === "install" && words.includes(state)) mkdirSync(state, { mode: 0o700 });
      const command = words.slice(words.indexOf("--") + 2);
      if (words[0] === "runuser") token = (await runBuilt(command, { env: { HOME: env.HOME } })).stdout.trim();
      if (words[0] === "systemctl" && words.includes("--now"))
        server = await startHttp({ ...env, DOMAIN_PAGES_STORE: "memory" });
    }
    expect(unit).toMatch(/^ExecStart=.* domain-pages-mcp http$/m);
    if (server === undefined) throw new Error("the recipe starts nothing");
    expect((await ask(server.url, "tools/list", {}, { token })).status).toBe(200);
    expect((await ask(server.url, "tools/list")).status).toBe(401);
    await server.stop();
  });

  it("gives its metrics to a collector that knows it by another name, with a token alone", async () => {
    const env = { HOME: makeTempFolder(), DOMAIN_PAGES_HTTP_PUBLIC_URL: "https://mcp.example.com/mcp" };
    const token = await createToken({ env }, "prometheus", "--scopes", "metrics:read");
    const server = await startHttp({ ...env, DOMAIN_PAGES_STORE: "memory" });
    const statusOf = async (line: string, headers: Record<string, string> = {}) =>
      (await sendRaw(server.url.href, toCallBytes({ host: "app:8080", ...headers }, "", line), { answers: 1 }))
        .answers[0]?.status;
    const asCollector = { authorization: `Bearer ${token}` };
    expect(await statusOf("GET /metrics HTTP/1.1", asCollector)).toBe(200);
    expect(await statusOf("GET /metrics HTTP/1.1")).toBe(401);
    expect(await statusOf("DELETE /mcp HTTP/1.1", asCollector)).toBe(403);
    await server.stop();
  });

  it("needs a token as soon as somebody has made one", async () => {
    const env = { HOME: makeTempFolder(), DOMAIN_PAGES_STORE: "memory" };
    const open = await startHttp(env);
    expect((await callTool(open.url, "get_domain_pages", { target: "acme.example" })).status).toBe(200);
    await open.stop();
    await createToken({ env }, "alice");
    const guarded = await startHttp(env);
    expect((await callTool(guarded.url, "get_domain_pages", { target: "acme.example" })).status).toBe(401);
    await guarded.stop();
  });
});
