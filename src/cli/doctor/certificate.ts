import { formatMinute, quoteForMessage } from "../../pages/text.ts";
import type { Certificate } from "../../upstream/path/certificate.ts";
import type { PathLook } from "../../upstream/path/look-at-path.ts";
import type { Check } from "./check.ts";
import { type Examination, PATH_SETTINGS } from "./examination.ts";
import { type Finding, fail, note, ok, skip } from "./finding.ts";
import { wordNetworkCode } from "./network-words.ts";

const DAY_MS = 86_400_000;

/** By then most who renew by machine have done so. */
const SOON_DAYS = 7;

/** Whether the gateway shows that it is who it should be. */
export const certificate: Check = {
  name: "certificate",
  look: async (examination) => {
    const leftOut = examination.findLeftOut(...PATH_SETTINGS);
    const finding = leftOut === undefined ? judge(await examination.path(), examination) : skip(leftOut);
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

function judge({ failure, isUnseen, tlsFailure, certificate: seen }: PathLook, examination: Examination): Finding {
  const { protocol, hostname } = new URL(examination.config.baseUrl);
  if (protocol === "http:") return ok("none is needed: the gateway is on this machine, over http");
  if (failure !== undefined) return skip("there is no connection to see it over");
  if (isUnseen) return skip("not looked at through a SOCKS proxy; a bad one shows as a gateway that is not reached");
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
