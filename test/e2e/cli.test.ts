import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { finish, runBuilt, start } from "../support/built.ts";
import { startHeldUpstream } from "../support/held-upstream.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const SAVED = fileURLToPath(new URL("../fixtures/answers/ten-pages.json", import.meta.url));
const KEY = "sk-aisa-command-line";

describe("domain-pages-mcp get", () => {
  it("prints the answer as plain text into a pipe", async () => {
    const { code, stdout, stderr } = await runBuilt(["get", "acme.example", "--limit", "3"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^SANDBOX: .*\nacme\.example: 3 of 93 URLs fetched/);
    expect(stdout).toContain("\np2,/anvil-size-calculator,404,");
  });

  it("prints JSON when asked to", async () => {
    const { stdout } = await runBuilt(["get", "acme.example", "--limit", "3", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ target: "acme.example", urls_fetched: 3, charge_usd: 0 });
  });

  it("shows every row unless a size is asked for", async () => {
    const all = JSON.parse((await runBuilt(["get", "acme.example", "--json"])).stdout);
    const some = JSON.parse((await runBuilt(["get", "acme.example", "--json", "--answer-tokens", "600"])).stdout);
    expect(all.coverage.rows_left_out).toBeUndefined();
    expect(some.coverage.rows_left_out).toBeGreaterThan(0);
    expect(some.rows.map((row: unknown[]) => row[0])).toEqual(
      all.rows.slice(0, some.rows.length).map((row: unknown[]) => row[0]),
    );
  });

  it("takes the whole body, with operand and --limit over it", async () => {
    const body = '{"target":"example.org","limit":50,"filters":["status_code",">=",400]}';
    const { stdout } = await runBuilt(["get", "acme.example", "--limit", "2", "--body", body]);
    expect(stdout).toContain("acme.example: 2 of 10 URLs fetched");
    expect(stdout).toContain('filters ["status_code",">=",400]');
  });

  it("names what the sandbox knows when it knows nothing of a target", async () => {
    const { code, stdout } = await runBuilt(["get", "forbes.com"]);
    expect(code).toBe(0);
    expect(stdout).toContain("forbes.com: no pages found");
    expect(stdout).toContain("the sandbox knows only acme.example, example.com");
  });

  it("stops with 130 on an interrupt, saying that it may have been charged", async () => {
    const upstream = await startHeldUpstream();
    const child = start(["get", "acme.example"], { AISA_API_KEY: KEY, AISA_BASE_URL: upstream.baseUrl });
    const finished = finish(child);
    const request = await upstream.next();
    child.kill("SIGINT");
    const { code, stderr } = await finished;
    expect(code).toBe(130);
    expect(stderr).toContain("The call was cancelled. It may have been charged.");
    await request.abandoned;
    await upstream.close();
  });
});

describe("money on the command line", () => {
  const env = (gateway: SandboxServer, more: Record<string, string> = {}) => ({
    AISA_API_KEY: KEY,
    AISA_BASE_URL: `${gateway.origin}/apis/v1`,
    HOME: makeTempFolder(),
    ...more,
  });
  const open = () =>
    serveSandbox({ world: createWorld(), port: 0, prices: { perCallUsd: 0.024, perPageUsd: 0.000036 } });

  it("is quoted, spent once, and accounted for", async () => {
    const gateway = await open();
    const own = { env: env(gateway) };
    const estimate = await runBuilt(["estimate", "acme.example", "--limit", "10"], own);
    expect(estimate.stdout).toContain("price: $0.02436 as quoted by the gateway, a ceiling: the charge may be lower\n");
    const bought = await runBuilt(["get", "acme.example", "--limit", "10"], own);
    expect(bought.stdout).toContain("charged $0.02436; upstream cost $0; $4.97564 left of today's budget");
    const kept = await runBuilt(["get", "acme.example", "--limit", "10"], own);
    expect(kept.stdout).toMatch(/kept, \d+ s old; free now, charged \$0\.02436 when fetched/);
    const spend = await runBuilt(["spend"], own);
    expect(spend.stdout).toContain("left     $4.97564 until 00:00 UTC");
    const fresh = await runBuilt(["get", "acme.example", "--limit", "10", "--fresh"], own);
    expect(fresh.stdout).toContain("$4.95128 left");
    expect(gateway.books.read()).toMatchObject({ billed: { calls: 2 }, calls: { quoted: 1 } });
    await gateway.close();
  });

  it("is spent once where two processes ask for parts of one list at the same moment", async () => {
    const upstream = await startHeldUpstream();
    const own = { HOME: makeTempFolder(), AISA_API_KEY: KEY, AISA_BASE_URL: upstream.baseUrl };
    const larger = finish(start(["get", "acme.example", "--limit", "10"], own));
    const held = await upstream.next();
    const smaller = finish(start(["get", "acme.example", "--body", '{"limit":4,"offset":2}'], own));
    // By the time that other processes have run to their end, the second waits for the first, or has asked on its own.
    for (let turn = 0; turn < 3; turn++) await runBuilt(["spend"], { env: own });
    held.answer(200, await readFile(SAVED, "utf8"), { "x-aisa-price-usd": "0.02436" });
    expect((await larger).stdout).toContain("charged $0.02436;");
    const { stdout, stderr } = await smaller;
    expect(stderr).toBe("");
    expect(stdout).toContain("4 of its 10 URLs, those after its first 2");
    await upstream.close();
  });

  it("is not spent above the threshold unless --yes agrees", async () => {
    const gateway = await open();
    const own = { env: env(gateway, { DOMAIN_PAGES_ASK_ABOVE_USD: "0.02" }) };
    const refused = await runBuilt(["get", "acme.example", "--limit", "10"], own);
    expect(refused).toMatchObject({ code: 6, stdout: "" });
    expect(refused.stderr).toContain(
      "Buy up to 10 pages of acme.example for $0.02436, as the gateway quotes it? Not charged. Repeat the command with --yes to agree.",
    );
    expect(gateway.books.read().billed.calls).toBe(0);
    const agreed = await runBuilt(["get", "acme.example", "--limit", "10", "--yes"], own);
    expect(agreed.code).toBe(0);
    expect(gateway.books.read().billed.calls).toBe(1);
    await gateway.close();
  });
});

describe("exit codes", () => {
  const answered = async (status: number, body: object) => {
    const upstream = await startHeldUpstream();
    const running = runBuilt(["get", "acme.example"], {
      env: {
        AISA_API_KEY: KEY,
        AISA_BASE_URL: upstream.baseUrl,
        DOMAIN_PAGES_GATEWAY_HABITS: "array",
        DOMAIN_PAGES_RETRY_MS: "0",
      },
    });
    (await upstream.next()).answer(status, JSON.stringify(body));
    const finished = await running;
    await upstream.close();
    return finished;
  };

  it.each([
    ["a refused key", 401, { error: { code: "invalid_api_key" } }, 3],
    ["a rate limit", 429, { error: { code: "rate_limit_exceeded" } }, 4],
    ["an answer in no known form", 200, { hello: "there" }, 5],
  ])("%s", async (_what, status, body, exitCode) => {
    const { code, stdout, stderr } = await answered(status, body);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: "" });
    expect(stderr).toMatch(/^domain-pages-mcp: .*charged/);
    expect(stderr).not.toContain(KEY);
  });

  it("6 when a cap of the user's own stands in the way, before anything is sent", async () => {
    const { code, stdout, stderr } = await runBuilt(["get", "acme.example", "--daily-budget-usd", "0"], {
      env: { AISA_API_KEY: KEY, AISA_BASE_URL: "http://127.0.0.1:9/apis/v1" },
    });
    expect({ code, stdout }).toEqual({ code: 6, stdout: "" });
    expect(stderr).toContain("DOMAIN_PAGES_DAILY_BUDGET_USD");
    expect(stderr).toContain("Not charged.");
  });

  it.each([
    [["get"], "get needs a target"],
    [["get", "192.0.2.1"], "is an IP address"],
    [["get", "acme.example", "--limit", "many"], "limit: must be a whole number, 1 to 1000"],
    [["get", "acme.example", "--body", "[1]"], "--body takes a JSON object"],
    [["estimate"], "estimate needs a target"],
    [["spend", "--day", "yesterday"], "--day takes a day (UTC) such as"],
    [["spend", "--fresh"], '--fresh does not go with "spend"'],
    [["got", "acme.example"], 'unknown command "got"'],
    [["get", "acme.example", "--frist", "2"], "--frist"],
    [["import"], "import needs a file"],
    [["import", "/no/such/file.json"], "Cannot read /no/such/file.json (ENOENT)"],
    [["doctor", "--limit", "2"], '--limit does not go with "doctor"'],
    [["sandbox", "--port", "http"], "--port takes a number"],
  ])("2 for %j", async (args, words) => {
    const { code, stdout, stderr } = await runBuilt(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(words);
  });
});

describe("domain-pages-mcp import", () => {
  it("condenses a saved answer", async () => {
    const { code, stdout } = await runBuilt(["import", SAVED]);
    expect(code).toBe(0);
    await expect(stdout).toMatchFileSnapshot("__snapshots__/import-ten-pages.txt");
    expect(stdout).not.toContain("do-not-leak");
  });

  it("reads stdin, and an answer that is wrapped in an array", async () => {
    const saved = await readFile(SAVED, "utf8");
    const plain = await runBuilt(["import", SAVED]);
    const wrapped = await runBuilt(["import", "-"], { input: `[${saved}]` });
    expect(wrapped).toEqual(plain);
  });

  it("reads a file as Windows PowerShell writes it", async () => {
    const file = path.join(makeTempFolder(), "saved.json");
    await writeFile(file, `\uFEFF${await readFile(SAVED, "utf8")}`, "utf16le");
    expect(await runBuilt(["import", file])).toEqual(await runBuilt(["import", SAVED]));
  });

  it("keeps each of several answers under an id of its own, and gives them as one JSON value", async () => {
    const saved = await readFile(SAVED, "utf8");
    const env = { DOMAIN_PAGES_CACHE_DIR: makeTempFolder() };
    const input = [saved, saved.replaceAll("acme.example", "example.org")].map((text) =>
      JSON.stringify(JSON.parse(text)),
    );
    const { code, stdout } = await runBuilt(["import", "-", "--json"], { env, input: input.join("\n") });
    const answers = JSON.parse(stdout) as { target: string; snapshot_id: string }[];
    expect({ code, targets: answers.map(({ target }) => target) }).toEqual({
      code: 0,
      targets: ["acme.example", "example.org"],
    });
    for (const { target, snapshot_id } of answers) {
      expect((await runBuilt(["query", snapshot_id], { env })).stdout).toContain(`${target}: 10 of 8,143 URLs`);
    }
  });

  it("says why a file is no answer", async () => {
    const { code, stderr } = await runBuilt(["import", "-"], { input: "<html>" });
    expect(code).toBe(2);
    expect(stderr).toContain("stdin holds something that is no JSON object.");
  });
});

describe("domain-pages-mcp sandbox", () => {
  it("serves the endpoint until it is stopped, and prints a curl that works", async () => {
    const child = start(["sandbox", "--port", "0"]);
    const lines = createInterface({ input: child.stdout });
    const [first] = (await once(lines, "line")) as [string];
    const origin = /http:\/\/\S+(?=,)/.exec(first)?.[0];
    const reply = await fetch(`${origin}/apis/v1/dataforseo/backlinks/domain_pages/live`, {
      method: "POST",
      headers: { authorization: "Bearer any", "content-type": "application/json" },
      body: '{"target":"acme.example","limit":3}',
    });
    const answer = (await reply.json()) as { tasks: { result: { items: unknown[] }[] }[] };
    expect(answer.tasks[0]?.result[0]?.items).toHaveLength(3);
    const closed = once(child, "close");
    child.kill("SIGTERM");
    expect(await closed).toEqual([0, null]);
  });
});

describe("domain-pages-mcp --help and --version", () => {
  it("prints the version of the package", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await runBuilt(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("prints commands, settings and exit codes", async () => {
    const { code, stdout } = await runBuilt(["--help"]);
    expect(code).toBe(0);
    for (const word of ["get <target>", "import <file>", "AISA_API_KEY", "--timeout-ms", "130"])
      expect(stdout).toContain(word);
  });
});

describe("domain-pages-mcp view", () => {
  it("writes what was kept as one page that holds everything, from the build alone", async () => {
    const HOME = makeTempFolder();
    const env = { HOME };
    await runBuilt(["get", "acme.example"], { env });
    const out = path.join(HOME, "acme.html");
    const { code, stdout, stderr } = await runBuilt(["view", "acme.example", "--out", out], { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^view of snapshot s_\w{8} \(acme\.example\): [\d,]+ bytes written\n$/);
    const html = await readFile(out, "utf8");
    const [, data = ""] = /<script type="application\/json" id="view-file">([^<]*)<\/script>/.exec(html) ?? [];
    const { view, records } = JSON.parse(data);
    expect(view.rows.cells).toHaveLength(view.rows.total);
    expect(Object.keys(records)).toHaveLength(93);
    const again = await runBuilt(["view", "acme.example", "--out", out], { env });
    expect(again.code).toBe(2);
  });

  it("refuses three of them", async () => {
    const { code, stderr } = await runBuilt(["view", "a.example", "b.example", "c.example"]);
    expect(code).toBe(2);
    expect(stderr).toContain('"view" takes 2 operands, got 3');
  });
});
