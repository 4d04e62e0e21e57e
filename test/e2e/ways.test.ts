import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createBooks } from "../../src/sandbox/gateway.ts";
import { serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { runBuilt } from "../support/built.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { type MadeCertificate, makeAuthority, makeCertificate } from "../support/made-certificates.ts";
import { startSocksProxy } from "../support/socks-proxy.ts";
import { startProxy } from "../support/stub-upstream.ts";
import { makeTempFolder } from "../support/temp-home.ts";
import { startTlsFront } from "../support/tls-front.ts";

const keep = closeAfterEach();

let certificate: MadeCertificate;
let caFile: string;
beforeAll(async () => {
  const authority = await makeAuthority("Example Inspection");
  certificate = await makeCertificate({}, authority);
  caFile = path.join(makeTempFolder(), "ca.pem");
  writeFileSync(caFile, authority.cert);
});

/** The sandbox behind TLS, whose CA the process knows as a company's. */
async function openGateway() {
  const books = createBooks();
  const sandbox = keep(
    await serveSandbox({ world: createWorld(), port: 0, prices: { perCallUsd: 0.02, perPageUsd: 0 }, books }),
  );
  const front = keep(await startTlsFront(Number(new URL(sandbox.origin).port), certificate));
  const env = {
    AISA_API_KEY: "sk-aisa-ways-0123456789",
    AISA_BASE_URL: `https://localhost:${front.port}/apis/v1`,
    DOMAIN_PAGES_CACHE_DIR: makeTempFolder(),
    NODE_EXTRA_CA_CERTS: caFile,
  };
  return { books, env, target: `localhost:${front.port}` };
}

const get = async (env: Record<string, string>) => {
  const { code, stdout, stderr } = await runBuilt(["get", "acme.example", "--limit", "5", "--json"], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout).charge_usd;
};

describe("the way to an https gateway", () => {
  it("leads there straight", async () => {
    const { env, books } = await openGateway();
    expect(await get(env)).toBe(0.02);
    expect(books.read().bills).toHaveLength(1);
  });

  it.each(["http", "https"] as const)("leads through an %s proxy that wants a password", async (scheme) => {
    const { env, target } = await openGateway();
    const proxy = keep(await startProxy(undefined, scheme === "https" ? certificate : undefined));
    expect(await get({ ...env, HTTPS_PROXY: proxy.origin.replace("//", "//me:p%40ss%3A@") })).toBe(0.02);
    const authorization = `Basic ${Buffer.from("me:p@ss:").toString("base64")}`;
    expect(proxy.tunnels).toEqual([{ target, authorization }]);
  });

  it.each([false, true])("leads through a SOCKS5 proxy (that wants a password: %s)", async (wantsPassword) => {
    const { env, target } = await openGateway();
    const proxy = keep(await startSocksProxy(wantsPassword));
    const address = wantsPassword ? proxy.origin.replace("//", "//me:p%40ss@") : proxy.origin;
    expect(await get({ ...env, HTTPS_PROXY: address.replace("socks5:", "socks5h:") })).toBe(0.02);
    expect(proxy.wishes).toEqual([{ target, credentials: wantsPassword ? "me:p@ss" : undefined }]);
  });

  it("is looked at by doctor through a SOCKS5 proxy too, up to the certificate and the quote", async () => {
    const { env } = await openGateway();
    const proxy = keep(await startSocksProxy());
    const { code, stdout } = await runBuilt(["doctor"], { env: { ...env, HTTPS_PROXY: proxy.origin } });
    expect(stdout).toMatch(/^ok +certificate +accepted, signed by "Example Inspection"/m);
    expect(stdout).toMatch(/^ok +quote /m);
    expect(code).toBe(0);
  });
});
