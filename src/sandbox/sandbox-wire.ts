import { type Wire, WireFailure } from "../upstream/wire.ts";
import { createGateway } from "./gateway.ts";
import type { World } from "./world.ts";

/** The sandbox behind the same seam as the paid endpoint: free, and with no network, no clock, no chance. */
export function createSandboxWire(world: World): Wire {
  const answer = createGateway({ world });
  return async ({ signal, body = "", headers, ...request }) => {
    if (signal.aborted) throw new WireFailure("cancelled", false);
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return answer({ ...request, headers: Object.fromEntries(named), body }).reply;
  };
}
