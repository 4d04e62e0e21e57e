import { afterEach, describe, expect, it } from "vitest";
import { createLiveWire } from "../../src/upstream/live-wire.ts";
import { chooseRoute, nameOfProxy } from "../../src/upstream/path/connect.ts";
import { startProxy } from "../support/stub-upstream.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Whether a real exchange comes by the proxy, which refuses it. */
async function goesThroughProxy(origin: string, noProxy: string): Promise<boolean> {
  const proxy = await startProxy(403);
  closers.push(proxy.close);
  const settings = { httpProxy: proxy.origin, httpsProxy: "", noProxy };
  const wire = createLiveWire({ origin, timeoutMs: 5000, maxReplyBytes: 100, proxy: settings });
  closers.push(wire.close);
  const signal = new AbortController().signal;
  await wire.exchange({ method: "GET", path: "/", headers: {}, signal }).catch(() => {});
  return proxy.tunnels.length > 0;
}

describe("chooseRoute takes the way that exchanges take", () => {
  const PORT = 9;
  const LOCAL = ["localhost", "api.localhost"];
  const ALL = ["127.0.0.1", "[::1]", ...LOCAL];
  /** Hosts that are called straight: as curl and others read NO_PROXY. */
  const EXEMPT: Readonly<Record<string, readonly string[]>> = {
    "*": ALL,
    localhost: LOCAL,
    LOCALHOST: LOCAL,
    ".localhost": LOCAL,
    "*.localhost": LOCAL,
    [`localhost:${PORT}`]: LOCAL,
    "127.0.0.1": ["127.0.0.1"],
    "0.0.1": ["127.0.0.1"],
    [`other.example 127.0.0.1:${PORT}`]: ["127.0.0.1"],
    "other.example,127.0.0.1": ["127.0.0.1"],
    "::1": ["[::1]"],
    "[::1]": ["[::1]"],
    [`[::1]:${PORT}`]: ["[::1]"],
  };
  it.each(
    ["http://127.0.0.1", "http://localhost", "http://api.localhost", "http://[::1]"].flatMap((host) =>
      [
        "",
        "*",
        "*,other.example",
        "localhost",
        "LOCALHOST",
        ".localhost",
        "*.localhost",
        "ocalhost",
        `localhost:${PORT}`,
        "localhost:80",
        "127.0.0.1",
        "0.0.1",
        `other.example 127.0.0.1:${PORT}`,
        "other.example,127.0.0.1",
        "::1",
        "[::1]",
        `[::1]:${PORT}`,
      ].map((noProxy) => [`${host}:${PORT}`, noProxy] as const),
    ),
  )("to %s with NO_PROXY=%s", async (origin, noProxy) => {
    const isProxied = !(EXEMPT[noProxy] ?? []).includes(new URL(origin).hostname);
    const { kind } = chooseRoute(new URL(origin), { httpProxy: "http://proxy.example:1", httpsProxy: "", noProxy });
    expect(kind === "proxy").toBe(isProxied);
    expect(await goesThroughProxy(origin, noProxy)).toBe(isProxied);
  });
});

describe("chooseRoute", () => {
  const none = { httpProxy: "", httpsProxy: "", noProxy: "" };

  it("takes the proxy of the origin's scheme, and says which", () => {
    const both = { httpProxy: "http://a.example:1", httpsProxy: "http://me:secret@b.example:2", noProxy: "" };
    const route = chooseRoute(new URL("https://api.example"), both);
    expect(route.kind === "proxy" && nameOfProxy(route.proxy)).toBe("http://b.example:2");
  });

  it("says why there is none", () => {
    expect(chooseRoute(new URL("https://api.example"), none)).toEqual({ kind: "direct", because: "no_proxy_set" });
    const exempt = { ...none, httpsProxy: "http://b.example:2", noProxy: "example" };
    expect(chooseRoute(new URL("https://api.example"), exempt)).toEqual({ kind: "direct", because: "exempt" });
  });
});
