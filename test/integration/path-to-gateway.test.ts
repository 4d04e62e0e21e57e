import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { lookAtPath, type PathOptions } from "../../src/upstream/path/look-at-path.ts";
import { BROKEN_WAYS } from "../support/broken-ways.ts";
import { type MadeCertificate, makeAuthority, makeCertificate } from "../support/made-certificates.ts";
import { startSocksProxy } from "../support/socks-proxy.ts";
import { refusedOrigin, replyWith, startProxy, startStub } from "../support/stub-upstream.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function keep<T extends { close(): Promise<void> }>(opened: T): T {
  closers.push(opened.close);
  return opened;
}

const NO_PROXY = { httpProxy: "", httpsProxy: "", noProxy: "" };

const look = (origin: string, options: Partial<PathOptions> = {}) =>
  lookAtPath({
    origin: new URL(origin),
    proxy: NO_PROXY,
    timeoutMs: 5000,
    signal: new AbortController().signal,
    ...options,
  });

const over = (proxy: string) => ({ proxy: { ...NO_PROXY, httpProxy: proxy, httpsProxy: proxy } });

const startGateway = async (tls?: MadeCertificate) => keep(await startStub(replyWith(200, {}), tls));

/** Takes connections and says what it is told to, or nothing. */
async function startRaw(say?: string): Promise<{ port: number; taken: Promise<Socket> }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    closers.push(() => socket.destroy());
    if (say !== undefined) socket.once("data", () => socket.end(say));
  });
  const taken = once(server, "connection").then(([socket]) => socket as Socket);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, taken };
}

let authority: MadeCertificate;
let proper: MadeCertificate;
beforeAll(async () => {
  authority = await makeAuthority("Example Inspection");
  proper = await makeCertificate({}, authority);
});

describe("the way to a gateway", () => {
  it("is open, and nothing was sent over it", async () => {
    const gateway = await startGateway();
    const seen = await look(gateway.origin);
    expect(seen).toMatchObject({ route: { kind: "direct" }, addresses: ["127.0.0.1"] });
    expect(seen.failure).toBeUndefined();
    expect(gateway.seen).toEqual([]);
  });

  it("ends where nobody listens", async () => {
    expect((await look(await refusedOrigin())).failure).toMatchObject({ at: "connect", code: "ECONNREFUSED" });
  });

  it("ends at a name that has no address", async () => {
    const { failure } = await look("https://no-such-host.invalid");
    expect(failure?.at).toBe("name");
    expect(["ENOTFOUND", "EAI_AGAIN"]).toContain(failure?.code);
  });

  it("is given up when its caller is", async () => {
    const { port, taken } = await startRaw();
    const caller = new AbortController();
    const looking = look(`https://localhost:${port}`, { signal: caller.signal });
    const socket = await taken;
    const closed = once(socket, "close");
    caller.abort(new Error("stopped"));
    await expect(looking).rejects.toThrow("stopped");
    await closed;
  });
});

describe("a certificate", () => {
  it.each([
    ["self-signed", {}, undefined, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["of a CA that nobody knows", {}, "authority", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ] as const)("%s is told, with whom it is from", async (_what, wanted, by, problem) => {
    const gateway = await startGateway(await makeCertificate(wanted, by && authority));
    const { certificate } = await look(gateway.origin);
    expect(certificate).toMatchObject({
      names: ["localhost"],
      issuer: by === undefined ? "made for a test" : "Example Inspection",
      problem,
    });
    expect(gateway.seen).toEqual([]);
  });

  it("tells its days", async () => {
    const [from, to] = [new Date("2025-03-01T00:00:00Z"), new Date("2025-04-01T00:00:00Z")];
    const gateway = await startGateway(await makeCertificate({ from, to }, authority));
    const { certificate } = await look(gateway.origin);
    expect(certificate).toMatchObject({ validFrom: from.getTime(), validTo: to.getTime() });
  });

  it("is seen through a proxy too", async () => {
    const [gateway, proxy] = [await startGateway(proper), keep(await startProxy())];
    const { certificate } = await look(gateway.origin, over(proxy.origin));
    expect(certificate).toMatchObject({ issuer: "Example Inspection" });
    expect(proxy.tunnels).toEqual([{ target: new URL(gateway.origin).host, authorization: undefined }]);
  });

  it("does not come from a server without TLS", async () => {
    const { port } = await startRaw("HTTP/1.1 400 Bad Request\r\n\r\n");
    const { certificate, tlsFailure } = await look(`https://localhost:${port}`);
    expect(certificate).toBeUndefined();
    expect(tlsFailure).toMatch(/WRONG_VERSION|PACKET_LENGTH/);
  });

  it("does not come from a server that hangs up", async () => {
    const { port } = await startRaw("");
    expect((await look(`https://localhost:${port}`)).tlsFailure).toBe("ECONNRESET");
  });

  it("does not come in time from a server that says nothing", async () => {
    const { port } = await startRaw();
    expect((await look(`https://localhost:${port}`, { timeoutMs: 200 })).tlsFailure).toBe("timeout");
  });
});

describe("a proxy", () => {
  it("opens the way, and gets its own credentials only", async () => {
    const [gateway, proxy] = [await startGateway(), keep(await startProxy())];
    const seen = await look(gateway.origin, over(proxy.origin.replace("//", "//me:p%40ss@")));
    expect(seen.failure).toBeUndefined();
    const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(proxy.tunnels).toEqual([{ target: new URL(gateway.origin).host, authorization }]);
    expect(gateway.seen).toEqual([]);
  });

  it.each([407, 403, 502])("refuses with its status: %i", async (status) => {
    const proxy = keep(await startProxy(status));
    const { failure } = await look("https://gateway.example", over(proxy.origin));
    expect(failure).toMatchObject({ at: "tunnel", code: String(status) });
  });

  it("is told from a gateway that is not reached", async () => {
    const { failure } = await look("https://gateway.example", over(await refusedOrigin()));
    expect(failure).toMatchObject({ at: "connect", code: "ECONNREFUSED" });
  });

  it.each([
    ["not in HTTP", "220 mail.example ESMTP\r\n", /^HPE_/],
    ["by hanging up", "", /^ECONNRESET$/],
  ])("may be none: it answers %s", async (_how, say, code) => {
    const { port } = await startRaw(say);
    const { failure } = await look("https://gateway.example", over(`http://127.0.0.1:${port}`));
    expect(failure?.at).toBe("tunnel");
    expect(failure?.code).toMatch(code);
  });

  it("over TLS has to show a certificate that is accepted, before it gets credentials", async () => {
    const proxy = keep(await startProxy(undefined, proper));
    const { failure } = await look("https://gateway.example", over(proxy.origin.replace("//", "//me:secret@")));
    expect(failure).toMatchObject({ at: "proxy_tls", code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    expect(proxy.tunnels).toEqual([]);
  });

  it("of the SOCKS kind opens the way too", async () => {
    const [gateway, proxy] = [await startGateway(proper), keep(await startSocksProxy(true))];
    const { certificate } = await look(gateway.origin, over(proxy.origin.replace("//", "//me:p%40ss@")));
    expect(certificate).toMatchObject({ issuer: "Example Inspection" });
    expect(proxy.wishes).toEqual([{ target: new URL(gateway.origin).host, credentials: "me:p@ss" }]);
    expect(gateway.seen).toEqual([]);
  });

  it("of the SOCKS kind refuses as one of HTTP does", async () => {
    const proxy = keep(await startSocksProxy(true));
    const { failure } = await look("https://gateway.example", over(proxy.origin));
    expect(failure).toMatchObject({ at: "tunnel", code: "407" });
  });
});

describe.each(BROKEN_WAYS)("$title", ({ isSilent, open }) => {
  it("is told by its step, in time", async () => {
    const { env, close } = await open();
    closers.push(close);
    const { origin } = new URL(env.AISA_BASE_URL);
    const options = { ...over(env.HTTPS_PROXY ?? ""), timeoutMs: isSilent ? 200 : 5000 };
    const { failure, tlsFailure } = await look(origin, options);
    const [step, code] = failure === undefined ? ["tls", tlsFailure] : [failure.at, failure.code];
    expect(["connect", "tunnel", "proxy_tls", "tls"]).toContain(step);
    if (isSilent) expect(code).toBe("timeout");
    else expect(code).toMatch(/^(?!timeout)./);
  });
});
