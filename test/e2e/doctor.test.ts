import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { type Finished, finish, runBuilt, start } from "../support/built.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { withoutChance } from "../support/doctor.ts";
import { startHeldUpstream } from "../support/held-upstream.ts";
import { type MadeCertificate, makeAuthority, makeCertificate } from "../support/made-certificates.ts";
import { replyWith, startProxy, startStub } from "../support/stub-upstream.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const KEY = "sk-aisa-0123456789abcdef";

const keep = closeAfterEach();

const settings = (origin: string, more: Record<string, string> = {}) => ({
  AISA_API_KEY: KEY,
  AISA_BASE_URL: `${origin}/apis/v1`,
  DOMAIN_PAGES_CACHE_DIR: makeTempFolder(),
  ...more,
});

describe("domain-pages-mcp doctor", () => {
  it("finds all well, and buys nothing", async () => {
    const prices = { perCallUsd: 0.024, perPageUsd: 0.000036 };
    const gateway = keep(await serveSandbox({ world: createWorld(), port: 0, prices, apiKey: KEY }));
    const { code, stdout, stderr } = await runBuilt(["doctor"], { env: settings(gateway.origin) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/\nok {4}quote {8}\$0\.024036 for 1 page of example\.com; asking was free\n/);
    expect(stdout).toMatch(/\n\nAll is well\.\n$/);
    expect(stdout).not.toContain(KEY);
    expect(gateway.books.read().billed).toEqual({ calls: 0, micros: 0 });
  });

  it("takes the flags that other commands take", async () => {
    const { code, stdout } = await runBuilt(["doctor", "--source", "sandbox", "--cache-dir", makeTempFolder()], {
      env: { AISA_API_KEY: KEY },
    });
    expect(code).toBe(0);
    expect(stdout).toContain("there is one, but DOMAIN_PAGES_SOURCE is sandbox");
    expect(stdout).toContain("ok    sandbox      it answers with 1 page of example.com");
  });

  it("ends at once when it is interrupted, and books nothing for a question that is free", async () => {
    const upstream = keep(await startHeldUpstream());
    const env = settings(new URL(upstream.baseUrl).origin);
    const child = start(["doctor"], env);
    const finished = finish(child);
    (await upstream.next()).answer(200, '{"balance":"5"}');
    const question = await upstream.next();
    child.kill("SIGINT");
    const { code, stdout } = await finished;
    expect(code).toBe(130);
    expect(stdout).toContain("FAIL  quote        The call was cancelled; not charged");
    await question.abandoned;
    const spend = await runBuilt(["spend", "--json"], { env });
    expect(JSON.parse(spend.stdout).counted_usd).toBe(0);
  });
});

describe("what doctor says of certificates", () => {
  let authority: MadeCertificate;
  let known: string;
  beforeAll(async () => {
    authority = await makeAuthority("Example Authority");
    known = path.join(makeTempFolder(), "ca.pem");
    writeFileSync(known, authority.cert);
  });

  async function diagnose(
    tls: MadeCertificate,
    more: Record<string, string> = {},
  ): Promise<Finished & { seen: number }> {
    const gateway = keep(await startStub(replyWith(404, { error: "api endpoint not found" }), tls));
    const env = settings(gateway.origin, more);
    const { stdout, ...rest } = await runBuilt(["doctor"], { env });
    expect(stdout).not.toContain(KEY);
    return { ...rest, stdout: withoutChance(stdout, env), seen: gateway.seen.length };
  }

  it("that is accepted", async () => {
    const { code, stdout } = await diagnose(await makeCertificate({}, authority), { NODE_EXTRA_CA_CERTS: known });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nok {4}certificate {2}accepted, signed by "Example Authority", (?:99|100) days left\n/);
    expect(stdout).toContain("ok    gateway      https://localhost:8787 takes connections (");
  });

  it("that is accepted, through a proxy", async () => {
    const proxy = keep(await startProxy());
    const { code, stdout } = await diagnose(await makeCertificate({}, authority), {
      NODE_EXTRA_CA_CERTS: known,
      HTTPS_PROXY: proxy.origin,
    });
    expect(code).toBe(0);
    expect(stdout).toContain("ok    proxy        http://127.0.0.1:8787 (HTTPS_PROXY) opens the way to localhost:8787");
    expect(stdout).toContain('accepted, signed by "Example Authority"');
    // Ours, and the one that the calls share.
    expect(proxy.tunnels.length).toBeGreaterThanOrEqual(2);
  });

  it("that runs out soon", async () => {
    const to = new Date(Date.now() + 3.5 * 86_400_000);
    const { code, stdout } = await diagnose(await makeCertificate({ to }, authority), { NODE_EXTRA_CA_CERTS: known });
    expect(code).toBe(0);
    expect(stdout).toContain('note  certificate  accepted, signed by "Example Authority", 3 days left');
  });

  it("that has expired", async () => {
    const [from, to] = [new Date("2025-03-01T00:00:00Z"), new Date("2025-04-01T00:00:00Z")];
    const tls = await makeCertificate({ from, to }, authority);
    const { code, stdout, seen } = await diagnose(tls, { NODE_EXTRA_CA_CERTS: known });
    expect({ code, seen }).toEqual({ code: 4, seen: 0 });
    await expect(stdout.replace(/(says) \S+ \S+ UTC/, "$1 2026-11-24 09:30 UTC")).toMatchFileSnapshot(
      "__snapshots__/doctor-expired.txt",
    );
  });

  it.each<[string, Parameters<typeof makeCertificate>[0], boolean, RegExp]>([
    [
      "is not valid yet",
      { from: new Date(Date.now() + 86_400_000) },
      true,
      /it is valid only from 20\S+ \S+ UTC on\n +-> The clock/,
    ],
    [
      "is for another host",
      { names: ["api.example", "www.example"] },
      true,
      /it is for "api\.example", "www\.example", not for localhost\n +-> Check AISA_BASE_URL\./,
    ],
    [
      "is of a CA that this machine does not know",
      {},
      false,
      /it is signed by "Example Authority", whom this machine's Node does not know\n +-> If your company .* set NODE_EXTRA_CA_CERTS to its path/,
    ],
  ])("that %s", async (_what, wanted, isKnown, words) => {
    const { code, stdout, seen } = await diagnose(
      await makeCertificate(wanted, authority),
      isKnown ? { NODE_EXTRA_CA_CERTS: known } : {},
    );
    expect(stdout).toMatch(words);
    expect({ code, seen }).toEqual({ code: 4, seen: 0 });
  });

  it("that is signed by itself, where the file with more CAs does not hold it", async () => {
    const { code, stdout, seen } = await diagnose(await makeCertificate(), { NODE_EXTRA_CA_CERTS: known });
    expect(stdout).toContain('FAIL  certificate  it is signed by itself ("made for a test"), so it proves nothing');
    expect(stdout).toContain("the file that NODE_EXTRA_CA_CERTS names");
    expect({ code, seen }).toEqual({ code: 4, seen: 0 });
  });

  it("that nobody checks, and sends no key to it all the same", async () => {
    const { code, stdout, seen } = await diagnose(await makeCertificate(), { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(stdout).toContain("note  certificate  no certificate is checked at all (NODE_TLS_REJECT_UNAUTHORIZED=0)");
    expect(stdout).toContain("FAIL  certificate  it is signed by itself");
    expect({ code, seen }).toEqual({ code: 4, seen: 0 });
  });
});
