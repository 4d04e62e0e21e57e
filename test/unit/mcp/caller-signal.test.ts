import { SdkError, SdkErrorCode } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { HangUp } from "../../../src/errors.ts";
import { withCallerSignal } from "../../../src/mcp/call-context.ts";

const GONE = new SdkError(SdkErrorCode.ConnectionClosed, "Connection closed");

/** The signal as what runs sees it, while it runs. */
function open(request: AbortSignal) {
  let end = () => {};
  let seen: AbortSignal | undefined;
  const running = withCallerSignal(request, (signal) => {
    seen = signal;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  if (seen === undefined) throw new Error("it does not run");
  return {
    signal: seen,
    end: () => {
      end();
      return running;
    },
  };
}

describe("a caller's signal", () => {
  it.each([
    ["words", "no longer needed"],
    ["nothing", undefined],
  ])("is aborted as it is by a cancellation with %s", async (_what, reason) => {
    const request = new AbortController();
    const { signal, end } = open(request.signal);
    request.abort(reason);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBe(request.signal.reason);
    expect(signal.reason).not.toBeInstanceOf(HangUp);
    await end();
  });

  it("is a hang-up when the connection has gone, now or before", async () => {
    const request = new AbortController();
    const before = open(request.signal);
    request.abort(GONE);
    const after = open(request.signal);
    for (const { signal, end } of [before, after]) {
      expect(signal.reason).toBeInstanceOf(HangUp);
      expect(signal.reason.cause).toBe(GONE);
      await end();
    }
  });

  it("hears nothing of what comes after the end", async () => {
    const request = new AbortController();
    const { signal, end } = open(request.signal);
    await end();
    request.abort(GONE);
    expect(signal.aborted).toBe(false);
  });

  it("gives back what was run for, and what it throws", async () => {
    const { signal } = new AbortController();
    expect(await withCallerSignal(signal, async () => 7)).toBe(7);
    await expect(withCallerSignal(signal, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  });
});
