import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { FAULTS } from "../../src/sandbox/faults/faults.ts";
import { type SandboxOptions, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { createFileLedger } from "../../src/spend/ledger/file-ledger.ts";
import { readAnswer } from "../fixtures/load.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { diagnose } from "../support/doctor.ts";
import { startSocksProxy } from "../support/socks-proxy.ts";
import { type Respond, refusedOrigin, replyWith, startProxy, startStub } from "../support/stub-upstream.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const KEY = "sk-aisa-0123456789abcdef";
const PRICES = { perCallUsd: 0.024, perPageUsd: 0.000036 };
const WORLD = createWorld();
const NO_LIMIT = { totalMs: 60_000, connectMs: 10_000, callMs: 20_000 };

const keep = closeAfterEach();

const openGateway = async (options: Partial<SandboxOptions> = {}) =>
  keep(await serveSandbox({ world: WORLD, port: 0, prices: PRICES, apiKey: KEY, ...options }));

const live = (origin: string, more: Record<string, string> = {}) => ({
  AISA_API_KEY: KEY,
  AISA_BASE_URL: `${origin}/apis/v1`,
  DOMAIN_PAGES_STORE: "disk",
  DOMAIN_PAGES_CACHE_DIR: makeTempFolder(),
  ...more,
});

/** A gateway that takes the key; the paid address answers as the test wants. */
const startGateway = async (respond: Respond, headers: Record<string, string> = {}) => {
  const balance = replyWith(200, { balance: "5" }, headers);
  return keep(
    await startStub((response, request) => (request.method === "GET" ? balance : respond)(response, request)),
  );
};

const booksIn = (env: Record<string, string>) =>
  createFileLedger({ folder: env["DOMAIN_PAGES_CACHE_DIR"] ?? "", dailyBudgetMicros: 5_000_000, now: Date.now }).read();

/** The lines of one check, with what to do. */
function linesOf(text: string, name: string): string[] {
  const lines = text.split("\n");
  const isIts = (line = "") => new RegExp(`^\\w+ +${name} `).test(line);
  return lines.filter((line, index) => isIts(line) || (line.startsWith(" ") && isIts(lines[index - 1])));
}

describe("what doctor prints", () => {
  const snapshot = (name: string) => `__snapshots__/doctor/${name}.txt`;

  it("without a key", async () => {
    const { code, text } = await diagnose({
      DOMAIN_PAGES_STORE: "disk",
      DOMAIN_PAGES_CACHE_DIR: makeTempFolder(),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what a host leaves that cannot fill its own placeholder
      AISA_API_KEY: "${user_config.api_key}",
    });
    expect(code).toBe(0);
    await expect(text).toMatchFileSnapshot(snapshot("sandbox"));
  });

  it("where all is well", async () => {
    const gateway = await openGateway();
    const { code, text } = await diagnose(live(gateway.origin));
    expect(code).toBe(0);
    await expect(text).toMatchFileSnapshot(snapshot("live"));
    expect(gateway.books.read()).toMatchObject({ calls: { received: 1, quoted: 1 }, billed: { calls: 0 } });
  });

  it("of a key that is refused", async () => {
    const gateway = await openGateway({ apiKey: "sk-aisa-another-one-altogether" });
    const { code, text } = await diagnose(live(gateway.origin));
    expect(code).toBe(3);
    await expect(text).toMatchFileSnapshot(snapshot("refused-key"));
    expect(gateway.books.read().calls.received).toBe(0);
  });

  it("behind a proxy", async () => {
    const [gateway, proxy] = [await openGateway(), keep(await startProxy())];
    const HTTP_PROXY = proxy.origin.replace("//", "//me:do-not-leak@");
    const { code, text } = await diagnose(live(gateway.origin, { HTTP_PROXY }));
    expect(code).toBe(0);
    await expect(text).toMatchFileSnapshot(snapshot("proxy"));
    expect(text).not.toContain("do-not-leak");
  });

  it("behind a proxy that wants a password", async () => {
    const [gateway, proxy] = [await openGateway(), keep(await startProxy(407))];
    const { code, text } = await diagnose(live(gateway.origin, { http_proxy: proxy.origin }));
    expect(code).toBe(4);
    await expect(text).toMatchFileSnapshot(snapshot("proxy-407"));
  });

  it("of a gateway that is not there, and a folder that cannot be used", async () => {
    const file = path.join(makeTempFolder(), "file");
    writeFileSync(file, "");
    const { code, text } = await diagnose(live(await refusedOrigin(), { DOMAIN_PAGES_CACHE_DIR: file }));
    expect(code).toBe(2);
    await expect(text).toMatchFileSnapshot(snapshot("unreachable"));
  });

  it("when nothing is left of the budget", async () => {
    const gateway = await openGateway();
    const env = live(gateway.origin, { DOMAIN_PAGES_DAILY_BUDGET_USD: "0.1" });
    const ledger = createFileLedger({ folder: env.DOMAIN_PAGES_CACHE_DIR, dailyBudgetMicros: 100_000, now: Date.now });
    const facts = { kind: "pages", target: "acme.example", requestKey: "0".repeat(32), limit: 100 } as const;
    await ledger.settle(await ledger.reserve(facts, 100_000), { outcome: "charged", micros: 100_000 });
    const { code, text } = await diagnose(env);
    expect(code).toBe(6);
    await expect(text).toMatchFileSnapshot(snapshot("no-budget"));
    expect(gateway.books.read().calls.received).toBe(0);
  });

  it("of settings that cannot be used, and all the rest", async () => {
    const { code, text } = await diagnose({
      AISA_API_KEY: "sk-aisa-two words",
      AISA_BASE_URL: await refusedOrigin(),
      DOMAIN_PAGES_STORE: "disk",
      DOMAIN_PAGES_CACHE_DIR: makeTempFolder(),
      DOMAIN_PAGES_MAX_PRICE_USD: "much",
    });
    expect(code).toBe(2);
    await expect(text).toMatchFileSnapshot(snapshot("bad-settings"));
    expect(text).not.toContain("two words");
  });

  it.each([
    ["AISA_BASE_URL", "http://gateway.example"],
    ["HTTP_PROXY", "ftp://proxy.example"],
    ["DOMAIN_PAGES_MAX_PRICE_USD", "much"],
    ["DOMAIN_PAGES_STORE", "cellar"],
  ])("of a bad %s, and sends the key nowhere", async (name, value) => {
    const gateway = await openGateway();
    const { code, text } = await diagnose(live(gateway.origin, { [name]: value }));
    expect(code).toBe(2);
    expect(linesOf(text, "settings")[0]).toMatch(new RegExp(`^FAIL  settings     ${name}: must be`));
    for (const what of ["access", "quote"]) {
      expect(linesOf(text, what)[0]).toContain("the key is not sent before the settings are right");
    }
    expect(gateway.books.read().calls.received).toBe(0);
  });

  it("as JSON", async () => {
    const gateway = await openGateway();
    const { code, stdout } = await diagnose(live(gateway.origin), { json: true, nodeVersion: "18.20.4" });
    expect(code).toBe(2);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ exit_code: 2, version: expect.any(String) });
    expect(report.checks[0]).toEqual({
      check: "program",
      verdict: "fail",
      says: expect.stringContaining("on Node 18.20.4, which is too old: 20.18.1 or later is needed"),
      todo: "Install a newer Node.",
    });
    expect(report.checks.at(-1)).toMatchObject({ check: "body form", verdict: "ok" });
  });
});

describe("the question for a price", () => {
  const DATA = readAnswer("ten-pages");
  const QUOTED = replyWith(200, { object: "cost_estimate", estimated_cost_micros_usd: 24_036 });

  it("is allowed to cost nothing", async () => {
    const gateway = await startGateway(QUOTED);
    await diagnose(live(gateway.origin));
    const paid = gateway.seen.filter(({ method }) => method === "POST");
    expect(paid).toMatchObject([
      {
        body: '{"target":"example.com","limit":1}',
        headers: { "x-aisa-cost-mode": "quote", "x-aisa-max-price-usd": "0" },
      },
    ]);
  });

  it("tries the array after an unbilled refusal of the object", async () => {
    const contract = replyWith(400, { error: "request does not match the endpoint contract" });
    const gateway = await startGateway((response, request) =>
      (request.body.startsWith("[") ? QUOTED : contract)(response, request),
    );
    const { code, text } = await diagnose(live(gateway.origin));
    expect(code).toBe(0);
    expect(linesOf(text, "body form")).toEqual([
      "ok    body form    the gateway refuses the object (unbilled) and takes the array",
    ]);
    expect(linesOf(text, "quote")).toEqual([
      "ok    quote        $0.024036 for 1 page of example.com, and it may come out higher; asking was free",
    ]);
  });

  it("that a gateway takes for an order is loud, and in the books", async () => {
    const pages = DATA.replaceAll("acme.example", "example.com");
    const gateway = await startGateway(replyWith(200, pages, { "x-aisa-price-usd": "0.04872" }));
    const env = live(gateway.origin);
    const { code, text } = await diagnose(env);
    expect(code).toBe(5);
    expect(linesOf(text, "quote").join("\n")).toMatch(
      /^FAIL {2}quote {8}CHARGED: .* carried the call out and charged \$0\.04872\n +-> Set DOMAIN_PAGES_GATEWAY_HABITS to no-quotes.* kept as s_/,
    );
    expect(await booksIn(env)).toMatchObject({
      countedMicros: 48_720,
      purchases: [{ kind: "quote", state: "charged" }],
    });
  });

  it("that is charged for is loud, and in the books", async () => {
    const headers = { "x-aisa-price-usd": "0.01" };
    const gateway = await startGateway(
      replyWith(200, { object: "cost_estimate", estimated_cost_micros_usd: 24_036 }, headers),
    );
    const env = live(gateway.origin);
    const { code, text } = await diagnose(env);
    expect(code).toBe(5);
    expect(linesOf(text, "quote")).toEqual([
      "FAIL  quote        CHARGED $0.01 for the question: The gateway charged for telling its price",
      "                   -> Set DOMAIN_PAGES_GATEWAY_HABITS to no-quotes, and tell the gateway's support. It is in the books: domain-pages-mcp spend.",
    ]);
    expect((await booksIn(env)).countedMicros).toBe(10_000);
  });

  it("that its cap held back tells of a gateway that would have sold", async () => {
    const gateway = await openGateway({ fault: "data_for_quote" });
    const { code, text } = await diagnose(live(gateway.origin));
    expect(code).toBe(0);
    expect(linesOf(text, "quote")[0]).toContain("refused the question for the cap of $0");
    expect(gateway.books.read().billed).toEqual({ calls: 0, micros: 0 });
  });

  it.each([
    ["DOMAIN_PAGES_GATEWAY_HABITS", "no-quotes", "switched off (DOMAIN_PAGES_GATEWAY_HABITS)"],
    ["DOMAIN_PAGES_GATEWAY_HABITS", "no-cap", "nothing would hold back a gateway that takes a question for an order"],
    ["DOMAIN_PAGES_MAX_PRICE_USD", "0", "money is set aside for a question too"],
  ])("is not asked with %s=%s", async (name, value, words) => {
    const gateway = await startGateway(QUOTED);
    const { text } = await diagnose(live(gateway.origin, { [name]: value }));
    expect(linesOf(text, "quote")[0]).toMatch(/^skip/);
    expect(linesOf(text, "quote")[0]).toContain(words);
    expect(gateway.seen.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("above the cap of a call is told", async () => {
    const gateway = await openGateway({ prices: { perCallUsd: 3, perPageUsd: 0 } });
    const { code, text } = await diagnose(live(gateway.origin));
    expect(code).toBe(0);
    expect(linesOf(text, "quote")).toEqual([
      "note  quote        $3 for 1 page of example.com; asking was free",
      "                   -> That is above the cap of $0.25 a call: raise DOMAIN_PAGES_MAX_PRICE_USD.",
    ]);
  });

  it("to an account without funds fails, not charged", async () => {
    const gateway = await openGateway({ fault: "balance_402" });
    const { code, text } = await diagnose(live(gateway.origin));
    expect(code).toBe(3);
    expect(linesOf(text, "quote")[0]).toMatch(/^FAIL .*; not charged/);
  });
});

describe("no fault of a gateway with prices makes doctor buy anything", () => {
  // What only takes long is cut short: none of them asks for more patience than a test has.
  const limits = { totalMs: 10_000, connectMs: 2000, callMs: 400 };

  it.each(Object.keys(FAULTS))("%s", async (fault) => {
    const gateway = await openGateway({ fault });
    const env = live(gateway.origin, { DOMAIN_PAGES_MAX_REPLY_MB: "1" });
    const { code, text, stderr } = await diagnose(env, { limits });
    expect(gateway.books.read()).toMatchObject({ billed: { calls: 0, micros: 0 }, bills: [] });
    expect({ stderr, mistake: text.includes("a mistake in this program") }).toEqual({ stderr: "", mistake: false });
    // What the gateway did not bill may still look like it from here; then it is told, and in the books.
    const { countedMicros, purchases } = await booksIn(env);
    expect(purchases.map(({ kind }) => kind)).toEqual(["quote"]);
    expect(countedMicros > 0).toBe(text.includes("may have been charged") || text.includes("CHARGED"));
    expect([0, 3, 4, 5, 2]).toContain(code);
    expect(text).not.toContain(KEY);
  });
});

describe("a proxy", () => {
  const proxyLines = async (env: Record<string, string>, origin?: string) => {
    const { code, text } = await diagnose(live(origin ?? (await openGateway()).origin, env));
    return { code, lines: linesOf(text, "proxy"), text };
  };

  it.each([
    [403, "and refuses the way to 127.0.0.1:8787 (HTTP 403)", "Ask whoever runs the proxy to allow 127.0.0.1:8787."],
    [502, "but does not get through to 127.0.0.1:8787 (HTTP 502)", "Check AISA_BASE_URL;"],
  ])("that answers %i fails, with what to do", async (status, says, todo) => {
    const { origin } = keep(await startProxy(status));
    const { code, lines } = await proxyLines({ HTTP_PROXY: origin });
    expect(code).toBe(4);
    expect(lines[0]).toBe(`FAIL  proxy        http://127.0.0.1:8787 (HTTP_PROXY) is reached, ${says}`);
    expect(lines[1]).toContain(todo);
  });

  it("that does not take its password is told from one that got none", async () => {
    const { origin } = keep(await startProxy(407));
    const { lines } = await proxyLines({ HTTP_PROXY: origin.replace("//", "//me:do-not-leak@") });
    expect(lines[0]).toContain("does not take the user name and password it got (407)");
    expect(lines.join("\n")).not.toContain("do-not-leak");
  });

  it("that is not there fails", async () => {
    const { code, lines } = await proxyLines({ HTTP_PROXY: await refusedOrigin() });
    expect(code).toBe(4);
    expect(lines).toEqual([
      "FAIL  proxy        http://127.0.0.1:8787 (HTTP_PROXY) is not reached: nothing listens there (ECONNREFUSED)",
      "                   -> Check HTTP_PROXY. If 127.0.0.1:8787 needs no proxy here, take it away or add the host to NO_PROXY.",
    ]);
  });

  it("of the SOCKS kind is spoken to as well", async () => {
    const { origin, close } = await startSocksProxy(true);
    keep({ close });
    const { code, lines } = await proxyLines({ HTTP_PROXY: origin });
    expect(code).toBe(4);
    expect(lines[0]).toBe(
      "FAIL  proxy        socks5://127.0.0.1:8787 (HTTP_PROXY) is reached, and wants a user name and password (407)",
    );
    const opened = await proxyLines({ HTTP_PROXY: origin.replace("//", "//me:secret@") });
    expect(opened.lines[0]).toBe(
      "ok    proxy        socks5://127.0.0.1:8787 (HTTP_PROXY) opens the way to 127.0.0.1:8787",
    );
  });

  it.each<[string, Record<string, string>, string]>([
    [
      "names the gateway in NO_PROXY",
      { HTTP_PROXY: "http://proxy.example:1", NO_PROXY: "127.0.0.1" },
      "none is used: NO_PROXY names 127.0.0.1:8787",
    ],
    [
      "is for https only",
      { HTTPS_PROXY: "http://proxy.example:1" },
      "none is used: HTTPS_PROXY is not for an http gateway, HTTP_PROXY would be",
    ],
  ])("is not used by who %s", async (_who, env, words) => {
    const { code, lines } = await proxyLines(env);
    expect({ code, lines }).toEqual({ code: 0, lines: [`ok    proxy        ${words}`] });
  });
});

describe("the clock", () => {
  const at = Date.UTC(2026, 10, 24, 9, 30);
  const clockLines = async (date: string, now = at) => {
    const gateway = await startGateway(replyWith(404, { error: "api endpoint not found" }), { date });
    const { code, text } = await diagnose(live(gateway.origin), { now: () => now });
    return { code, lines: linesOf(text, "clock") };
  };

  it.each([
    ["Tue, 24 Nov 2026 09:30:00 GMT", "ok    clock        agrees with the gateway's to the second"],
    ["Tue, 24 Nov 2026 09:26:00 GMT", "ok    clock        this machine's is 3 min ahead of the gateway's"],
    ["soon", "skip  clock        the gateway does not tell the time"],
  ])("beside a gateway that says %s", async (date, line) => {
    expect((await clockLines(date)).lines).toEqual([line]);
  });

  it.each([
    ["Tue, 24 Nov 2026 09:10:00 GMT", "19 min ahead of"],
    ["Tue, 24 Nov 2026 11:30:00 GMT", "2 h behind"],
  ])("that is far off is told: %s", async (date, words) => {
    const { code, lines } = await clockLines(date);
    expect(code).toBe(0);
    expect(lines[0]).toBe(`note  clock        this machine's is ${words} the gateway's`);
    expect(lines[1]).toContain("set by the network (NTP)");
  });
});

describe("what is kept", () => {
  it.each([
    ["memory", "note  storage      answers and books are kept in memory"],
    ["none", "note  storage      no answers are kept"],
  ])("in %s is said to end", async (store, words) => {
    const gateway = await openGateway();
    const { code, text } = await diagnose(live(gateway.origin, { DOMAIN_PAGES_STORE: store }));
    expect(code).toBe(0);
    expect(text).toContain(words);
    expect(text).toContain("note  budget       the books are in memory");
  });

  it("in a Redis that is not there stands in the way, and nothing else goes unseen", async () => {
    const gateway = await openGateway();
    const address = (await refusedOrigin()).replace("http:", "redis:").replace("//", "//me:do-not-leak@");
    const { code, text } = await diagnose(live(gateway.origin, { DOMAIN_PAGES_STORE: address }));
    expect(code).toBe(4);
    expect(text).toContain("FAIL  storage      The shared store cannot be reached");
    expect(text).toContain("ok    access       the gateway takes the key");
    expect(text).not.toContain("do-not-leak");
  });

  it("where others can look is told, with what to do", async () => {
    const gateway = await openGateway();
    const env = live(gateway.origin);
    const folder = path.join(env.DOMAIN_PAGES_CACHE_DIR, "snapshots");
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const { code, text } = await diagnose(env);
    expect(code).toBe(0);
    expect(linesOf(text, "storage").slice(1)).toEqual([
      "note  storage      others on this machine can look into /cache/snapshots",
      "                   -> Run: chmod 700 '/cache/snapshots'",
    ]);
  });

  it("in books with unreadable lines is told", async () => {
    const gateway = await openGateway();
    const env = live(gateway.origin);
    const folder = path.join(env.DOMAIN_PAGES_CACHE_DIR, "ledger");
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(path.join(folder, `${new Date().toISOString().slice(0, 10)}.jsonl`), "torn\n", { mode: 0o600 });
    const { text } = await diagnose(env);
    expect(text).toContain("note  budget       1 line of today's books cannot be read");
  });
});

describe("the settings of http", () => {
  const httpLines = async (env: Record<string, string>) => {
    const { code, text } = await diagnose({ DOMAIN_PAGES_CACHE_DIR: makeTempFolder(), ...env });
    return { code, lines: linesOf(text, "http") };
  };

  it("are not spoken of where there are none", async () => {
    expect((await httpLines({})).lines).toEqual([]);
  });

  it("are looked at where a token was made, and where flags set them", async () => {
    const folder = makeTempFolder();
    writeFileSync(path.join(folder, "tokens.json"), '{"version":1,"tokens":[]}', { mode: 0o600 });
    const { lines } = await httpLines({ DOMAIN_PAGES_CACHE_DIR: folder });
    expect(lines).toEqual([
      "ok    http         would listen on 127.0.0.1, for localhost, 127.0.0.1, [::1]; callers need a token",
    ]);
    const flags = { "http-host": "0.0.0.0", "cache-dir": makeTempFolder() };
    const { code, text } = await diagnose({}, { flags });
    expect(code).toBe(2);
    expect(linesOf(text, "http")[0]).toContain("Listening on 0.0.0.0 without access control");
  });

  it("that go together are fine", async () => {
    const { code, lines } = await httpLines({ DOMAIN_PAGES_HTTP_PORT: "9000" });
    expect({ code, lines }).toEqual({
      code: 0,
      lines: [
        "ok    http         would listen on 127.0.0.1, for localhost, 127.0.0.1, [::1]; everybody on this machine may call, until the first token is made",
      ],
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ["everybody", { DOMAIN_PAGES_HTTP_HOST: "0.0.0.0" }, "without access control would let anybody spend your money"],
    [
      "a tokens file that is missing",
      { DOMAIN_PAGES_HTTP_TOKENS_FILE: "/no/such/tokens.json" },
      "/no/such/tokens.json",
    ],
    [
      "an issuer without a public address",
      { DOMAIN_PAGES_HTTP_OAUTH_ISSUER: "https://id.example" },
      "needs DOMAIN_PAGES_HTTP_PUBLIC_URL",
    ],
    [
      "everybody by a public name",
      { DOMAIN_PAGES_HTTP_PUBLIC_URL: "https://mcp.example.com/mcp" },
      "Serving mcp.example.com without access control",
    ],
    ["everybody for want of what was to guard", { DOMAIN_PAGES_HTTP_TOKENS: "" }, "without it everybody could"],
    ["a port that is none", { DOMAIN_PAGES_HTTP_PORT: "many" }, "DOMAIN_PAGES_HTTP_PORT: must be a whole number"],
  ])("that let in %s fail", async (_what, env, words) => {
    const { code, lines } = await httpLines(env);
    expect(code).toBe(2);
    expect(lines[0]).toMatch(/^FAIL/);
    expect(lines[0]).toContain(words);
    expect(lines[1]).toMatch(/^ +-> ./);
  });

  it("whose tokens others can read are told of", async () => {
    const file = path.join(makeTempFolder(), "tokens.json");
    writeFileSync(file, '{"version":1,"tokens":[]}', { mode: 0o644 });
    const { code, lines } = await httpLines({ DOMAIN_PAGES_HTTP_TOKENS_FILE: file });
    expect(code).toBe(0);
    expect(lines[0]).toContain("callers need a token");
    expect(lines.join("\n")).toMatch(/note {2}http .*\n +-> Run chmod 600/);
  });
});

describe("time", () => {
  it("that is over ends what is under way, and says so", async () => {
    const gateway = keep(await startStub(() => {}));
    const { code, text } = await diagnose(live(gateway.origin), { limits: { ...NO_LIMIT, totalMs: 500 } });
    expect(code).toBe(4);
    expect(linesOf(text, "access")[0]).toContain("not looked at: all together may take 0.5 s");
    expect(text).toContain("ok    storage");
  });

  it("of one call is bounded, and the rest goes on", async () => {
    const gateway = keep(await startStub(() => {}));
    const { code, text } = await diagnose(live(gateway.origin), { limits: { ...NO_LIMIT, callMs: 300 } });
    expect(code).toBe(4);
    expect(linesOf(text, "access")[0]).toBe("FAIL  access       the gateway gives no answer (timeout)");
    expect(linesOf(text, "quote")[0]).toBe("skip  quote        the gateway gives no answer");
  });

  it("is not taken from whoever interrupts it", async () => {
    const gateway = keep(await startStub(() => {}));
    const arrived = gateway.nextRequest();
    let stop = () => {};
    const running = diagnose(live(gateway.origin), {
      onStart: (io) => {
        stop = io.stop;
      },
    });
    const { socket } = await arrived;
    const closed = once(socket, "close");
    stop();
    const { code, text } = await running;
    expect(code).toBe(130);
    expect(text).toMatch(/\nInterrupted: the rest was not looked at\.\n$/);
    expect(text).not.toMatch(/^\w+ +access/m);
    await closed;
  });
});
