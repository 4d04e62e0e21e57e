import { describe, expect, it } from "vitest";
import { renderRedirectsApache } from "../../src/pages/redirects/apache.ts";
import { renderRedirectsNetlify } from "../../src/pages/redirects/netlify.ts";
import { renderRedirectsNginx } from "../../src/pages/redirects/nginx.ts";
import { type ItemFacts, makeSnapshot } from "../support/make-snapshot.ts";
import {
  hasServer,
  type RedirectServer,
  startNetlifyMatcher,
  startRedirectServer,
} from "../support/redirect-servers.ts";

const page = (url: string, status = 404, backlinks = 9, location: string | null = null): ItemFacts => ({
  url: url.startsWith("/") ? `https://acme.example${url}` : url,
  status,
  location,
  summary: { backlinks, referring_domains: 2 },
});

/** Led permanently, by way of another, to `/the-end`: what every map may hold a rule for. */
const moved = (url: string): ItemFacts => page(url, 301, 9, "https://acme.example/by-way-of");
const END = "https://acme.example/the-end";

const PLAIN = ["/old", "/caf%C3%A9", "/wiki/Anvil_(tool)", "/a+b.html", "/with%20space", "/100%25", "/back%5Cslash"];
const ODD = ["/line%0Abreak", "/tab%09", "/caf%E9", "/it's;a,list=1&2@3!~", "/a%3Fb%23c"];
const SLASHES = "/download%2Fapp%2Fa.mp4";
const NULL = "/null%00page";

const ITEMS: ItemFacts[] = [
  ...[
    ...PLAIN,
    ...ODD.filter((each) => !each.includes("'")),
    SLASHES,
    NULL,
    "/a:b",
    "//double",
    "/list",
    "/list?id=7",
  ].map(moved),
  ...["/find?q=a%20b", "/find?q=caf%C3%A9", "/shelf?id=1", "/Anvil-Care", "/guide-to-anvils", "/shared"].map(moved),
  page("https://shop.acme.example/shared", 200),
  page("/by-way-of", 308, 0, "/the-end"),
  page("/the-end", 200),
  page("/anvil-care", 200),
  page("/guide-to-anvils/", 200),
  page("/shelf?id=1&page=2", 200),
  page("http://acme.example/twin", 404),
  page("https://www.acme.example/twin", 200),
  page("/nothing-like-it", 404, 50),
  page("/dashboard/cart", 302, 40, "/auth/login"),
  page("/auth/login", 302, 30, "/dashboard"),
  page("/dashboard", 200),
  page("/", 200),
];
const SNAPSHOT = makeSnapshot({ items: ITEMS });

interface Host {
  isThere: boolean;
  start: () => Promise<RedirectServer>;
  /** Dead addresses that its rules cannot be written for. */
  without: readonly string[];
}

const HOSTS: Readonly<Record<string, Host>> = {
  nginx: {
    isThere: hasServer("nginx"),
    start: () => startRedirectServer("nginx", renderRedirectsNginx(SNAPSHOT)),
    without: ["/Anvil-Care"],
  },
  Apache: {
    isThere: hasServer("apache"),
    start: () => startRedirectServer("apache", renderRedirectsApache(SNAPSHOT)),
    without: [SLASHES],
  },
  "Netlify's matcher": {
    isThere: true,
    start: () => startNetlifyMatcher(renderRedirectsNetlify(SNAPSHOT)),
    without: ["/a:b", "//double", "/find?q=a%20b", "/find?q=caf%C3%A9", "/shelf?id=1", "/guide-to-anvils", "/shared"],
  },
};

/** What has a rule wherever it can be written. */
const REDIRECTED = ITEMS.flatMap(({ url, location }) =>
  location?.endsWith("/by-way-of") === true && url?.includes("%00") !== true
    ? [url?.slice("https://acme.example".length) ?? ""]
    : [],
);
const ALIVE = ITEMS.filter(({ status }) => status === 200).map(({ url }) => new URL(url ?? ""));

describe.each(Object.entries(HOSTS))("on the real program, %s,", (_name, { isThere, start, without }) => {
  it.skipIf(!isThere)("every redirect that the map holds fires, and none catches a living page", async () => {
    const server = await start();
    try {
      for (const uri of REDIRECTED.filter((each) => !without.includes(each))) {
        for (const host of ["acme.example", "www.acme.example"]) {
          expect({ uri, host, to: await server.ask(host, uri) }).toEqual({ uri, host, to: END });
        }
      }
      for (const { host, pathname, search } of ALIVE) {
        const to = await server.ask(host, pathname + search);
        expect({ host, pathname, search, to: typeof to }).toEqual({ host, pathname, search, to: "number" });
      }
      expect(await server.ask("acme.example", "/twin")).toBe("https://www.acme.example/twin");
      for (const uri of ["/nothing-like-it", "/dashboard/cart", "/auth/login", "/oldest", "/old/er", "/OLD2"]) {
        expect({ uri, to: typeof (await server.ask("acme.example", uri)) }).toEqual({ uri, to: "number" });
      }
    } finally {
      await server.close();
    }
  });
});

/** Netlify joins the visitor's query to the target outside of its matcher, which tells the target alone. */
describe.each(["nginx", "Apache"] as const)("on the real program, %s,", (name) => {
  const { isThere, start } = HOSTS[name] as Host;
  it.skipIf(!isThere)("the visitor's query goes along, and the one that named the page does not", async () => {
    const server = await start();
    try {
      expect(await server.ask("acme.example", "/old?utm_source=a%20b&x=%0d%0aSet-Cookie:y")).toBe(
        `${END}?utm_source=a%20b&x=%0d%0aSet-Cookie:y`,
      );
      expect(await server.ask("acme.example", "/list?id=7")).toBe(END);
      expect(await server.ask("shop.acme.example", "/old")).not.toBe(END);
      expect(await server.ask("acme.example", "/list?id=8")).toBe(`${END}?id=8`);
    } finally {
      await server.close();
    }
  });
});
