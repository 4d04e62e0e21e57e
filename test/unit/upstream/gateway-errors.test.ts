import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainGatewayError, FORM_CODES, meaningOf, readGatewayError } from "../../../src/upstream/gateway-errors.ts";

const explain = (status: number, body?: unknown) => explainGatewayError(status, readGatewayError(body));

describe("readGatewayError", () => {
  it.each([
    [{ error: { type: "api_error", code: "c", message: "m", request_id: "r", retryable: true } }, "m"],
    [{ error: "m", request_id: "r" }, "m"],
    [{ error: true, message: "m" }, "m"],
    [{ success: false, message: "m", request_id: "r" }, "m"],
    [{ message: "m" }, "m"],
    [{ title: "Payment Required", detail: "m" }, "m"],
    [{ title: "m", status: 402 }, "m"],
  ])("finds the message in %j", (body, message) => {
    expect(readGatewayError(body)?.message).toBe(message);
  });

  it("takes the request id from the error or from beside it", () => {
    expect(readGatewayError({ error: { request_id: "in" }, request_id: "out" })?.requestId).toBe("in");
    expect(readGatewayError({ error: { message: "m" }, request_id: "out" })?.requestId).toBe("out");
  });

  it.each([
    [undefined],
    [null],
    ["text"],
    [{}],
    [{ error: null, tasks: [] }],
    [{ error: "", tasks: [] }],
    [{ success: true }],
    [{ tasks: [], message: "Ok." }],
    [{ status_code: 20000, tasks: null, title: "a field of the upstream" }],
  ])("finds none in %j", (body) => {
    expect(readGatewayError(body)).toBeUndefined();
  });
});

describe("explainGatewayError", () => {
  it.each([
    [301, "config", "not_charged"],
    [307, "config", "not_charged"],
    [400, "input", "not_charged"],
    [401, "rejected", "not_charged"],
    [402, "rejected", "not_charged"],
    [403, "rejected", "not_charged"],
    [404, "config", "not_charged"],
    [405, "rejected", "not_charged"],
    [408, "unavailable", "unknown"],
    [409, "unavailable", "unknown"],
    [413, "input", "not_charged"],
    [422, "input", "not_charged"],
    [429, "unavailable", "not_charged"],
    [500, "unavailable", "unknown"],
    [502, "unavailable", "unknown"],
    [503, "unavailable", "unknown"],
    [504, "unavailable", "unknown"],
    [524, "unavailable", "unknown"],
    [999, "unavailable", "unknown"],
  ] as const)("reads a bare HTTP %i as %s, %s", (status, kind, charge) => {
    expect(explain(status)).toMatchObject({ kind, charge });
  });

  it.each([
    ["authentication_error", undefined, "rejected"],
    [undefined, "revoked_api_key", "rejected"],
    ["rate_limit_error", "rate_limit_exceeded", "unavailable"],
    ["invalid_request_error", "missing_parameter", "input"],
    ["invalid_request_error", "insufficient_permissions", "rejected"],
    [undefined, "insufficient_balance", "rejected"],
    ["invalid_request_error", "resource_not_found", "config"],
  ] as const)("reads an error of type %s and code %s inside a 2xx as %s, unbilled", (type, code, kind) => {
    expect(explain(200, { error: { type, code } })).toMatchObject({ kind, charge: "not_charged" });
    expect(explain(202, { error: { type, code } })).toMatchObject({ kind, charge: "not_charged" });
  });

  it("cannot say whether an error inside a 2xx that names no type was billed", () => {
    expect(explain(200, { error: "something broke" })).toMatchObject({ kind: "unavailable", charge: "unknown" });
  });

  it("takes 503 for unbilled only when the gateway says that a retry is fine", () => {
    expect(explain(503, { error: { retryable: true } }).charge).toBe("not_charged");
    expect(explain(503, { error: { retryable: false } }).charge).toBe("unknown");
  });

  it.each([
    [429, { error: { code: "quota_exceeded" } }, /spending cap/],
    [429, { code: "quota_exceeded", message: "…" }, /spending cap/],
    [402, { error: "estimated_price_exceeds_max_price" }, /above the cap/],
    [500, { error: "Metered settlement failed" }, /settle the payment/],
    [404, { error: { code: "unknown_endpoint" } }, /does not know the endpoint/],
  ])("knows an error by its words, whatever its frame: HTTP %i %j", (status, body, message) => {
    expect(explain(status, body).message).toMatch(message);
  });
});

/** The documented codes a Live call can meet, by who can act on them. */
const BY_KIND = {
  input: [40000, 40400, 40402, 40405, 40408, 40501, 40502, 40503, 40504, 40505, 40506],
  rejected: [40100, 40104, 40200, 40201, 40203, 40204, 40205, 40206, 40207, 40210, 50100],
  unavailable: [40101, 40103, 40202, 40209, 40403, 50000, 50001, 50301, 50302, 50303, 50304, 50401, 50402],
} as const;

const CASES = Object.entries(BY_KIND).flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const));

describe("meaningOf", () => {
  it.each(CASES)("sorts %i under %s", (code, kind) => {
    expect(meaningOf(code).kind).toBe(kind);
  });

  it.each([
    [40299, "rejected"],
    [40599, "input"],
    [50999, "unavailable"],
    [20100, "contract"],
    [61000, "contract"],
  ])("reads the unknown code %i by its hundreds: %s", (code, kind) => {
    expect(meaningOf(code).kind).toBe(kind);
  });

  it("completes a sentence about the data provider for any number", () => {
    fc.assert(
      fc.property(fc.integer(), (code) => {
        const { says, advice } = meaningOf(code);
        expect(says).toMatch(/^[a-z].*[^.]$/);
        expect(advice).toMatch(/^[A-Z].*\.$/);
      }),
    );
  });

  it.each([
    [40202, 60_000],
    [40209, 5_000],
    [50303, 300_000],
  ])("names a wait for %i", (code, retryAfterMs) => {
    expect(meaningOf(code).retryAfterMs).toBe(retryAfterMs);
  });

  it("counts only refusals of the request among those that may be about its form", () => {
    expect([...FORM_CODES].map((code) => meaningOf(code).kind)).toEqual(Array(FORM_CODES.size).fill("input"));
  });
});
