import { readGatewayError } from "./gateway-errors.ts";
import { type Wire, WireFailure } from "./wire.ts";

/** What a free look at the gateway shows. */
export type Probe =
  | { reached: false; reason: string }
  | { reached: true; status: number; key: "accepted" | "refused" | "unclear" };

/** Documented as free. It lies beside the endpoint's base path, under the origin. */
const BALANCE_PATH = "/v1/credits/balance";

/** Asks the gateway for the account's balance, which costs nothing, to learn whether it can be reached and takes the key. */
export async function probeGateway(wire: Wire, apiKey: string, signal: AbortSignal): Promise<Probe> {
  try {
    const { status, body } = await wire({
      method: "GET",
      path: BALANCE_PATH,
      headers: { authorization: `Bearer ${apiKey}`, accept: "application/json" },
      signal,
    });
    return { reached: true, status, key: judgeKey(status, body) };
  } catch (error) {
    if (!(error instanceof WireFailure)) throw error;
    const cause = error.cause as { code?: unknown } | undefined;
    return {
      reached: false,
      reason: typeof cause?.code === "string" ? `${error.reason}, ${cause.code}` : error.reason,
    };
  }
}

/** 402 may mean an empty balance or no valid key (seen both ways), so it settles nothing. */
function judgeKey(status: number, body: string): "accepted" | "refused" | "unclear" {
  if (status === 401 || status === 403) return "refused";
  return status === 200 && readGatewayError(parse(body)) === undefined ? "accepted" : "unclear";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { error: "not JSON" };
  }
}
