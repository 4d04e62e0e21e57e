import { LOOPBACK_HOST } from "../../config/values.ts";
import { formatMinute, quoteForMessage } from "../../lists/text.ts";
import { type NoConnection, nameOfProxy } from "../../upstream/path/connect.ts";
import type { Certificate, PathLook } from "../../upstream/path/look-at-path.ts";
import {
  type Check,
  type Examination,
  type Finding,
  fail,
  note,
  ok,
  PATH_SETTINGS,
  skip,
  wordNetworkCode,
} from "./examination.ts";

export const proxy: Check = {
  name: "proxy",
  says: "which proxy stands before the gateway, and whether it opens the way",
  where: "gateway",
  look: async (examination) => {
    const { config, path, findLeftOut } = examination;
    const leftOut = findLeftOut(...PATH_SETTINGS);
    if (leftOut !== undefined) return [skip(leftOut)];
    const { host, port, protocol } = new URL(config.baseUrl);
    const { route, failure } = await path();
    if (route.kind === "direct") {
      return [ok(route.because === "exempt" ? `none is used: NO_PROXY names ${host}` : wordNone(examination))];
    }
    const variable = variableOf(examination);
    const name = `${nameOfProxy(route.proxy)} (${variable})`;
    if (failure !== undefined) {
      return [judge(name, failure, { variable, host, hasPassword: route.proxy.username !== "" })];
    }
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

export const origin: Check = {
  name: "gateway",
  says: "whether the gateway's name is known and its address takes connections",
  where: "gateway",
  look: async ({ config, path, findLeftOut }) => {
    const leftOut = findLeftOut(...PATH_SETTINGS);
    if (leftOut !== undefined) return [skip(leftOut)];
    const url = new URL(config.baseUrl);
    const { route, failure, addresses } = await path();
    if (route.kind === "proxy") {
      return failure === undefined
        ? [ok(`${url.origin} is called through the proxy`)]
        : [skip(`${url.origin}: the proxy is in the way`)];
    }
    if (failure !== undefined) return [judgeOrigin(url, failure)];
    const [first = "", ...more] = addresses;
    const others = more.length === 0 ? "" : `, ${more.length} more`;
    return [ok(`${url.origin} takes connections${first === url.hostname ? "" : ` (${first}${others})`}`)];
  },
};

function judgeOrigin({ origin: shown, hostname }: URL, { code }: NoConnection): Finding {
  return fail("unavailable", `${shown} is not reached: ${wordNetworkCode(code)}`, adviseOn(code, hostname));
}

function adviseOn(code: string, hostname: string): string {
  if (LOOPBACK_HOST.test(hostname)) return "Start the server at that address, or correct AISA_BASE_URL.";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return "Check that this machine is online and AISA_BASE_URL is spelt right; in a company's network, HTTPS_PROXY may have to be set.";
  }
  return "Check that this machine is online and no firewall is in the way; in a company's network, HTTPS_PROXY may have to be set.";
}

const DAY_MS = 86_400_000;

/** By then most who renew by machine have done so. */
const SOON_DAYS = 7;

export const certificate: Check = {
  name: "certificate",
  says: "whether the gateway's certificate is accepted here, and until when",
  where: "gateway",
  look: async (examination) => {
    const leftOut = examination.findLeftOut(...PATH_SETTINGS);
    const finding = leftOut === undefined ? judgeCertificate(await examination.path(), examination) : skip(leftOut);
    return [...noteUnchecked(examination), finding];
  },
};

function noteUnchecked({ env }: Examination): Finding[] {
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return [];
  return [
    note(
      "no certificate is checked at all (NODE_TLS_REJECT_UNAUTHORIZED=0): whoever is in between can read your key",
      "Take NODE_TLS_REJECT_UNAUTHORIZED away; a company's own CA goes into NODE_EXTRA_CA_CERTS.",
    ),
  ];
}

function judgeCertificate({ failure, tlsFailure, certificate: seen }: PathLook, examination: Examination): Finding {
  const { protocol, hostname } = new URL(examination.config.baseUrl);
  if (protocol === "http:") return ok("none is needed: the gateway is on this machine, over http");
  if (failure !== undefined) return skip("there is no connection to see it over");
  if (tlsFailure !== undefined || seen === undefined) return judgeTlsFailure(tlsFailure ?? "");
  return seen.problem === undefined
    ? judgeGood(seen, examination.now())
    : judgeBad(seen, seen.problem, hostname, examination);
}

function judgeTlsFailure(code: string): Finding {
  if (/WRONG_VERSION|EPROTO|PACKET_LENGTH/.test(code)) {
    return fail("unavailable", `the gateway does not speak TLS (${code})`, "Check AISA_BASE_URL: its host and port.");
  }
  return fail(
    "unavailable",
    `the gateway ends the connection before it shows a certificate: ${wordNetworkCode(code)}`,
    "Check AISA_BASE_URL; a firewall that does not want this connection looks the same.",
  );
}

function judgeGood({ issuer, validTo }: Certificate, now: number): Finding {
  const days = Math.floor((validTo - now) / DAY_MS);
  const says = `accepted, signed by ${quoteForMessage(issuer)}, ${days} days left`;
  if (days >= SOON_DAYS) return ok(says);
  return note(says, "The gateway's owner should renew it soon; until then all is well.");
}

const MAY_BE_SPYING = "If nobody inspects your traffic, stop here: somebody may be listening in.";

function judgeBad(seen: Certificate, problem: string, hostname: string, { now, env }: Examination): Finding {
  const { validFrom, validTo, names } = seen;
  const issuer = quoteForMessage(seen.issuer);
  const refuse = (says: string, todo: string) => fail("unavailable", says, todo);
  const clock = `The clock of this machine says ${formatMinute(now())}`;
  switch (problem) {
    case "CERT_HAS_EXPIRED":
      return refuse(
        `it expired on ${formatMinute(validTo)}`,
        `${clock}. If that is right, the gateway's owner has to renew the certificate; if not, set the clock.`,
      );
    case "CERT_NOT_YET_VALID":
      return refuse(
        `it is valid only from ${formatMinute(validFrom)} on`,
        `${clock}. If that is wrong, set the clock.`,
      );
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return refuse(
        `it is for ${names.slice(0, 3).map(quoteForMessage).join(", ") || "no host at all"}, not for ${hostname}`,
        "Check AISA_BASE_URL. If it is right, something else answers in the gateway's place: ask your IT, and do not go on.",
      );
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return refuse(`it is signed by itself (${issuer}), so it proves nothing`, adviseOnCa(env));
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return refuse(`it is signed by ${issuer}, whom this machine's Node does not know`, adviseOnCa(env));
    default:
      return refuse(`it is not accepted (${problem})`, "Ask your IT what stands between this machine and the gateway.");
  }
}

/** Companies that inspect traffic, and virus scanners, sign in the gateway's place. */
function adviseOnCa(env: Examination["env"]): string {
  const file = env["NODE_EXTRA_CA_CERTS"] ?? "";
  const step =
    file === ""
      ? "ask your IT for that CA as a PEM file, and set NODE_EXTRA_CA_CERTS to its path where the server is started"
      : `the file that NODE_EXTRA_CA_CERTS names (${quoteForMessage(file)}) is missing or does not hold this CA: ask your IT for the right one`;
  return `If your company or a virus scanner inspects traffic, ${step}. ${MAY_BE_SPYING}`;
}
