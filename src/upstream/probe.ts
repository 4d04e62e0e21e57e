import { readGatewayError } from "./gateway-errors.ts";
import { networkCodeOf } from "./path/connect.ts";
import { type Wire, WireFailure } from "./wire.ts";

/** What a free look at the gateway shows. */
export type Probe =
  | { reached: false; reason: string }
  | {
      reached: true;
      status: number;
      key: "accepted" | "refused" | "unclear";
      /** What time it was there, ms since the epoch, to the second; undefined where it does not say. */
      gatewayTime: number | undefined;
    };

/** Documented as free. It lies beside the endpoint's base path, under the origin. */
const BALANCE_PATH = "/v1/credits/balance";

/** Asks the gateway for the account's balance, which costs nothing, to learn whether it can be reached and takes the key. */
export async function probeGateway(wire: Wire, apiKey: string, signal: AbortSignal): Promise<Probe> {
  try {
    const { status, headers, body } = await wire({
      method: "GET",
      path: BALANCE_PATH,
      headers: { authorization: `Bearer ${apiKey}`, accept: "application/json" },
      signal,
    });
    return { reached: true, status, key: judgeKey(status, body), gatewayTime: readTime(headers["date"]) };
  } catch (error) {
    if (!(error instanceof WireFailure)) throw error;
    const code = networkCodeOf(error.cause);
    return { reached: false, reason: code === "" ? error.reason : `${error.reason}, ${code}` };
  }
}

/** 402 may mean an empty balance or no valid key (seen both ways), so it settles nothing. */
function judgeKey(status: number, body: string): "accepted" | "refused" | "unclear" {
  if (status === 401 || status === 403) return "refused";
  return status === 200 && readGatewayError(parse(body)) === undefined ? "accepted" : "unclear";
}

function readTime(date = ""): number | undefined {
  const time = Date.parse(date);
  return Number.isNaN(time) ? undefined : time;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { error: "not JSON" };
  }
}
