import type { NoConnection } from "../../upstream/path/connect.ts";
import { nameOfProxy } from "../../upstream/path/route.ts";
import type { Check } from "./check.ts";
import { type Examination, PATH_SETTINGS } from "./examination.ts";
import { type Finding, fail, ok, skip } from "./finding.ts";
import { wordNetworkCode } from "./network-words.ts";

/** Which proxy stands before the gateway, and whether it opens the way. */
export const proxy: Check = {
  name: "proxy",
  look: async (examination) => {
    const { config, path, findLeftOut } = examination;
    const leftOut = findLeftOut(...PATH_SETTINGS);
    if (leftOut !== undefined) return [skip(leftOut)];
    const { host, port, protocol } = new URL(config.baseUrl);
    const { route, failure, isUnseen } = await path();
    if (route.kind === "direct") {
      return [ok(route.because === "exempt" ? `none is used: NO_PROXY names ${host}` : wordNone(examination))];
    }
    const variable = variableOf(examination);
    const name = `${nameOfProxy(route.proxy)} (${variable})`;
    if (failure !== undefined) {
      return [judge(name, failure, { variable, host, hasPassword: route.proxy.username !== "" })];
    }
    if (isUnseen) return [ok(`${name} takes connections; whether it lets calls through, the next lines tell`)];
    return [ok(`${name} opens the way to ${port === "" ? `${host}:${protocol === "https:" ? 443 : 80}` : host}`)];
  },
};

function wordNone({ config: { baseUrl, httpProxy, httpsProxy } }: Examination): string {
  if (baseUrl.startsWith("https:") && httpProxy !== "") {
    return "none is used: HTTP_PROXY is not for an https gateway, HTTPS_PROXY would be";
  }
  if (baseUrl.startsWith("http:") && httpsProxy !== "") {
    return "none is used: HTTPS_PROXY is not for an http gateway, HTTP_PROXY would be";
  }
  return "none is set";
}

/** As whoever set it spelt it. */
function variableOf({ config, env }: Examination): string {
  const names = config.baseUrl.startsWith("https:") ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  return names.find((name) => (env[name] ?? "").trim() !== "") ?? names[1] ?? "";
}

interface ProxyFacts {
  variable: string;
  /** Of the gateway. */
  host: string;
  hasPassword: boolean;
}

function judge(name: string, { at, code }: NoConnection, facts: ProxyFacts): Finding {
  const { variable, host } = facts;
  const check = `Check ${variable}`;
  if (at === "tunnel") return judgeRefusal(name, code, facts);
  if (at === "proxy_tls") {
    return fail(
      "unavailable",
      `${name} is reached, but not over TLS (${code})`,
      `${check}: most proxies are spoken to with http:// even for https addresses. A company's own CA goes into NODE_EXTRA_CA_CERTS.`,
    );
  }
  return fail(
    "unavailable",
    `${name} is not reached: ${wordNetworkCode(code)}`,
    `${check}. If ${host} needs no proxy here, take it away or add the host to NO_PROXY.`,
  );
}

function judgeRefusal(name: string, code: string, { variable, host, hasPassword }: ProxyFacts): Finding {
  if (code === "407") {
    return fail(
      "unavailable",
      `${name} is reached, and ${hasPassword ? "does not take the user name and password it got" : "wants a user name and password"} (407)`,
      `Write them into ${variable}: http://user:password@host:port, with %40 for an @ in the password. Your IT knows them.`,
    );
  }
  if (/^5\d\d$/.test(code)) {
    return fail(
      "unavailable",
      `${name} is reached, but does not get through to ${host} (HTTP ${code})`,
      "Check AISA_BASE_URL; if it is right, ask whoever runs the proxy.",
    );
  }
  if (/^\d+$/.test(code)) {
    return fail(
      "unavailable",
      `${name} is reached, and refuses the way to ${host} (HTTP ${code})`,
      `Ask whoever runs the proxy to allow ${host}.`,
    );
  }
  return fail(
    "unavailable",
    `${name} takes connections, but does not answer like a proxy: ${wordNetworkCode(code)}`,
    `Check ${variable}: its scheme (http:// as a rule), host and port.`,
  );
}
