import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { createLiveWire } from "../../src/upstream/live-wire.ts";
import { type ServiceOver, type Setting, serviceOver } from "./service-over.ts";

/** What a call costs in tests: two and a half cents, and a tenth of a cent for each page. */
export const PRICES = { perCallUsd: 0.025, perPageUsd: 0.001 };

const world = createWorld();

export interface Shop {
  /** The gateway that sells: its books say what was really billed. */
  gateway: SandboxServer;
  /** The product as a live one, over real sockets. Several share nothing but what their settings name. */
  open(setting?: Setting): Promise<ServiceOver>;
  close(): Promise<void>;
}

/** A gateway with prices on a loopback port, and the product in front of it. */
export async function openShop(): Promise<Shop> {
  const gateway = await serveSandbox({ world, port: 0, prices: PRICES });
  const wires: { close(): Promise<void> }[] = [];
  return {
    gateway,
    open: ({ env = {}, ...setting } = {}) => {
      const live = createLiveWire({
        origin: gateway.origin,
        timeoutMs: 5000,
        maxReplyBytes: 64 << 20,
        proxy: { httpProxy: "", httpsProxy: "", noProxy: "" },
      });
      wires.push(live);
      const settings = { AISA_API_KEY: "sk-aisa-test", AISA_BASE_URL: `${gateway.origin}/apis/v1`, ...env };
      return serviceOver(live.exchange, { ...setting, env: settings });
    },
    close: async () => {
      await Promise.all(wires.map((wire) => wire.close()));
      await gateway.close();
    },
  };
}
