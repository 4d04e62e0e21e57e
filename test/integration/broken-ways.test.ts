import promises from "node:dns/promises";
import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HangUp } from "../../src/errors.ts";
import { createLiveWire } from "../../src/upstream/live-wire.ts";
import { type Wire, WireFailure } from "../../src/upstream/wire.ts";
import { BROKEN_WAYS, type BrokenPlace } from "../support/broken-ways.ts";
import { closeAfterEach } from "../support/close-after-each.ts";

const keep = closeAfterEach();

function wireTo({ env }: Pick<BrokenPlace, "env">, timeoutMs: number): Wire {
  const proxy = { httpProxy: "", httpsProxy: env.HTTPS_PROXY ?? "", noProxy: "" };
  const { origin } = new URL(env.AISA_BASE_URL);
  return keep(createLiveWire({ origin, timeoutMs, maxReplyBytes: 1000, proxy })).exchange;
}

async function failureOf(wire: Wire, signal = new AbortController().signal): Promise<WireFailure> {
  const asked = wire({
    method: "POST",
    path: "/x",
    headers: { authorization: "Bearer sk-aisa-x" },
    body: "{}",
    signal,
  });
  const error = await asked.then(
    () => new Error("the exchange succeeded"),
    (caught: unknown) => caught,
  );
  if (!(error instanceof WireFailure)) throw error;
  return error;
}

describe.each(BROKEN_WAYS)("$title", ({ isSilent, open }) => {
  it("has seen nothing of a request, and was connected to once", async () => {
    const place = keep(await open());
    const { reason, wasSent } = await failureOf(wireTo(place, isSilent ? 300 : 20_000));
    expect({ reason, wasSent }).toEqual({ reason: isSilent ? "timeout" : "unreachable", wasSent: false });
    expect(place.connections()).toBe(1);
  });
});

describe.each(BROKEN_WAYS.filter(({ isSilent }) => isSilent))("$title", ({ open }) => {
  it.each([
    ["a cancellation", undefined],
    ["a caller that hangs up", new HangUp()],
  ])("is left at once for %s", async (_what, reason) => {
    const place = keep(await open());
    const caller = new AbortController();
    const taken = place.nextConnection();
    const failed = failureOf(wireTo(place, 60_000), caller.signal);
    const socket = await taken;
    const closed = once(socket, "close");
    caller.abort(reason);
    expect(await failed).toMatchObject({ reason: "cancelled", wasSent: false });
    await closed;
  });
});

describe("a name server that never answers", () => {
  // There is none on the loopback address that the system would ask.
  const silence = () => {
    const lookup = vi.spyOn(promises, "lookup").mockReturnValue(new Promise(() => {}) as never);
    syncBuiltinESMExports();
    return lookup;
  };
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  const nowhere = (name: string): Pick<BrokenPlace, "env"> => ({
    env: { AISA_BASE_URL: `https://${name}.example/apis/v1` },
  });

  it("holds no exchange beyond its deadline, and is asked once by all that wait for it", async () => {
    const lookup = silence();
    const wire = wireTo(nowhere("deadline"), 200);
    for (const { reason, wasSent } of await Promise.all([1, 2, 3].map(() => failureOf(wire)))) {
      expect({ reason, wasSent }).toEqual({ reason: "timeout", wasSent: false });
    }
    expect(lookup).toHaveBeenCalledTimes(1);
  });

  it("is left at once for a cancellation", async () => {
    silence();
    const caller = new AbortController();
    const failed = failureOf(wireTo(nowhere("cancelled"), 60_000), caller.signal);
    caller.abort();
    expect(await failed).toMatchObject({ reason: "cancelled", wasSent: false });
  });
});
