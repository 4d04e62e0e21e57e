import { describe, expect, it } from "vitest";
import type { AppError, ErrorKind, FailureCharge } from "../../src/errors.ts";
import { describeFailure } from "../../src/errors.ts";
import { readEnvelope } from "../../src/upstream/envelope.ts";
import { ERROR_NAMES, readAnswer, readErrorReply } from "../fixtures/load.ts";

const GATEWAY_ID = "req_01FORGEACMEEXAMPLE0";
const TASK_ID = "11031420-4711-0270-0000-a1b2c3d4e5f6";

interface Expected {
  kind: ErrorKind;
  charge: FailureCharge;
  requestId?: string;
  mayBeForm?: true;
  retryAfterMs?: number;
}

const rejected: Expected = { kind: "rejected", charge: "not_charged" };
const unavailable: Expected = { kind: "unavailable", charge: "not_charged" };
const ambiguous: Expected = { kind: "unavailable", charge: "unknown" };
const wrongAddress: Expected = { kind: "config", charge: "not_charged" };

const EXPECTED: Readonly<Record<string, Expected>> = {
  "gateway-200-error-object": { ...rejected, requestId: GATEWAY_ID },
  "gateway-200-error-string": { ...ambiguous, requestId: GATEWAY_ID },
  "gateway-200-error-true": ambiguous,
  "gateway-200-html": { kind: "contract", charge: "unknown", requestId: GATEWAY_ID },
  "gateway-200-message": ambiguous,
  "gateway-200-quote": { kind: "contract", charge: "not_charged" },
  "gateway-200-success-false": rejected,
  "gateway-400-contract": { kind: "contract", charge: "not_charged", mayBeForm: true },
  "gateway-400-parameter": { kind: "input", charge: "not_charged", requestId: GATEWAY_ID, mayBeForm: true },
  "gateway-401-invalid-key": { ...rejected, requestId: GATEWAY_ID },
  "gateway-402-price-cap": rejected,
  "gateway-402-problem": rejected,
  "gateway-403-region": { ...rejected, requestId: GATEWAY_ID },
  "gateway-404-html": wrongAddress,
  "gateway-404-plain-text": wrongAddress,
  "gateway-404-string": wrongAddress,
  "gateway-409-idempotent": ambiguous,
  "gateway-422-parameter": { kind: "input", charge: "not_charged", requestId: GATEWAY_ID },
  "gateway-429-quota": { ...rejected, requestId: GATEWAY_ID },
  "gateway-429-rate-limit": { ...unavailable, requestId: GATEWAY_ID, retryAfterMs: 7000 },
  "gateway-500-settlement": ambiguous,
  "gateway-502-html": ambiguous,
  "gateway-503-retryable": { ...unavailable, requestId: GATEWAY_ID, retryAfterMs: 2000 },
  "provider-http401-40100": rejected,
  "provider-http402-40200": rejected,
  "provider-task-40101": { kind: "unavailable", charge: "charged", requestId: TASK_ID },
  "provider-task-40202": { ...unavailable, requestId: TASK_ID, retryAfterMs: 60_000 },
  "provider-task-40203": { ...rejected, requestId: TASK_ID },
  "provider-task-40204": { ...rejected, requestId: TASK_ID },
  "provider-task-40209": { ...unavailable, requestId: TASK_ID, retryAfterMs: 5000 },
  "provider-task-40210": { ...rejected, requestId: TASK_ID },
  "provider-task-40501-order-by": { kind: "input", charge: "not_charged", requestId: TASK_ID },
  "provider-task-40501-target": { kind: "input", charge: "not_charged", requestId: TASK_ID },
  "provider-task-50000": { ...unavailable, requestId: TASK_ID },
  "provider-task-50401": { ...unavailable, requestId: TASK_ID },
  "provider-top-40503": { kind: "input", charge: "not_charged", mayBeForm: true },
};

function readFailure(name: string): { error: AppError; mayBeForm: boolean } {
  const outcome = readEnvelope(readErrorReply(name));
  if (outcome.ok) throw new Error(`${name} reads as a success`);
  return outcome;
}

describe("every known failure", () => {
  it("has an expectation in this file", () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(ERROR_NAMES);
  });

  it.each(Object.entries(EXPECTED))("maps %s to its kind, charge, id and wait", (name, expected) => {
    const { error, mayBeForm } = readFailure(name);
    const { charge, requestId, retryAfterMs } = error.facts;
    const { mayBeForm: form = false, ...rest } = expected;
    expect({ kind: error.kind, charge, requestId, retryAfterMs }).toEqual({
      requestId: undefined,
      retryAfterMs: undefined,
      ...rest,
    });
    expect(mayBeForm).toBe(form);
  });

  it("names the price cap as the reason where that is one, and nowhere else", () => {
    const reasons = ERROR_NAMES.map((name) => [name, readFailure(name).error.facts.reason]);
    expect(reasons.filter(([, reason]) => reason !== undefined)).toEqual([["gateway-402-price-cap", "price_cap"]]);
  });

  it.each(ERROR_NAMES)("says for %s what to do, in one sentence of advice", (name) => {
    const { advice = "" } = readFailure(name).error.facts;
    expect(advice).toMatch(/^[A-Z].{8,160}\.$/);
  });

  it.each(ERROR_NAMES)("shows no upstream words and no key for %s", (name) => {
    const { error } = readFailure(name);
    expect(describeFailure(error)).not.toMatch(/do-not-leak|sk-aisa|<html|Visit|dashboard/i);
  });

  it("keeps the upstream's words for stderr", () => {
    expect(readFailure("gateway-502-html").error.facts.detail).toBe(
      "HTTP 502 <html><body>502 do-not-leak upstream words</body></html>",
    );
  });

  it("reads as reviewed product text", async () => {
    const all = ERROR_NAMES.map((name) => `${name}\n  ${describeFailure(readFailure(name).error)}`);
    await expect(`${all.join("\n")}\n`).toMatchFileSnapshot("__snapshots__/error-samples.txt");
  });
});

describe("answers without data", () => {
  it.each([
    ["empty-result-null", 0.024],
    ["empty-items-null", 0.024],
    ["empty-40102", 0],
    ["empty-40501-no-results", 0],
  ])("%s is an empty list, not a failure, with its cost", (name, upstreamCostUsd) => {
    const outcome = readEnvelope({ status: 200, headers: {}, body: readAnswer(name) });
    expect(outcome).toMatchObject({ ok: true, answer: { items: null, totalCount: 0, upstreamCostUsd } });
  });
});
