import { LOOPBACK_HOST } from "../../config/values.ts";
import type { NoConnection } from "../../upstream/path/connect.ts";
import type { Check } from "./check.ts";
import { PATH_SETTINGS } from "./examination.ts";
import { type Finding, fail, ok, skip } from "./finding.ts";
import { wordNetworkCode } from "./network-words.ts";

/** Whether somebody is at the gateway's address. */
export const origin: Check = {
  name: "gateway",
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
    if (failure !== undefined) return [judge(url, failure)];
    const [first = "", ...more] = addresses;
    const others = more.length === 0 ? "" : `, ${more.length} more`;
    return [ok(`${url.origin} takes connections${first === url.hostname ? "" : ` (${first}${others})`}`)];
  },
};

function judge({ origin: shown, hostname }: URL, { code }: NoConnection): Finding {
  return fail("unavailable", `${shown} is not reached: ${wordNetworkCode(code)}`, adviseOn(code, hostname));
}

function adviseOn(code: string, hostname: string): string {
  if (LOOPBACK_HOST.test(hostname)) return "Start the server at that address, or correct AISA_BASE_URL.";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return "Check that this machine is online and AISA_BASE_URL is spelt right; in a company's network, HTTPS_PROXY may have to be set.";
  }
  return "Check that this machine is online and no firewall is in the way; in a company's network, HTTPS_PROXY may have to be set.";
}
