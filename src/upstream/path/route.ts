/** Proxies as the environment names them; empty text is none. */
export interface ProxySettings {
  httpProxy: string;
  httpsProxy: string;
  noProxy: string;
}

/** How exchanges with an origin leave this machine. */
export type Route =
  | { kind: "direct"; because: "no_proxy_set" | "exempt" }
  /** `proxy` may hold a user name and password. */
  | { kind: "proxy"; proxy: URL };

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** Which way the wire takes: the rules are those of undici's EnvHttpProxyAgent, which a test holds them to. */
export function chooseRoute(origin: URL, { httpProxy, httpsProxy, noProxy }: ProxySettings): Route {
  const proxy = origin.protocol === "https:" ? httpsProxy || httpProxy : httpProxy;
  if (proxy === "") return { kind: "direct", because: "no_proxy_set" };
  return isExempt(origin, noProxy) ? { kind: "direct", because: "exempt" } : { kind: "proxy", proxy: new URL(proxy) };
}

function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  if (noProxy === "*") return true;
  const originPort = port === "" ? DEFAULT_PORTS[protocol] : port;
  return noProxy.split(/[,\s]/).some((entry) => {
    if (entry === "") return false;
    const [, name = entry, onlyPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (onlyPort !== undefined && Number(onlyPort) !== 0 && onlyPort !== originPort) return false;
    const exempt = name.replace(/^\*?\./, "").toLowerCase();
    return hostname === exempt || hostname.endsWith(`.${exempt}`);
  });
}

/** A proxy without its user name and password, to be shown. */
export const nameOfProxy = ({ protocol, host }: URL): string => `${protocol}//${host}`;
