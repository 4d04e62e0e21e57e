import { type Wire, WireFailure } from "../upstream/wire.ts";
import { createGateway } from "./gateway.ts";
import type { World } from "./world.ts";

/** The sandbox behind the same seam as the paid endpoint: no network, no clock, no chance. */
export function createSandboxWire(world: World): Wire {
  const answer = createGateway({ world });
  return async ({ signal, body = "", ...request }) => {
    if (signal.aborted) throw new WireFailure("cancelled", false);
    return answer({ ...request, body });
  };
}
