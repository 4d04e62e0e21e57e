import { describe, expect, it } from "vitest";
import { describeFailure } from "../../../src/errors.ts";
import { WireFailure } from "../../../src/upstream/wire.ts";
import { classifyWireFailure, toAppError } from "../../../src/upstream/wire-errors.ts";

const withCode = (code: string) => Object.assign(new Error(code), { code });

describe("classifyWireFailure", () => {
  it.each([
    ["ECONNREFUSED", "not_reached"],
    ["ENOTFOUND", "not_reached"],
    ["EAI_AGAIN", "not_reached"],
    ["ENETUNREACH", "not_reached"],
    ["EHOSTUNREACH", "not_reached"],
    ["EADDRNOTAVAIL", "not_reached"],
    ["UND_ERR_CONNECT_TIMEOUT", "not_reached"],
    ["CERT_HAS_EXPIRED", "final"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "final"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "final"],
    ["UND_ERR_PRX_TLS", "final"],
    ["UND_ERR_INVALID_ARG", "final"],
    ["", "final"],
  ])("takes an upstream not reached for %s as %s", (code, failureClass) => {
    expect(classifyWireFailure(new WireFailure("unreachable", false, withCode(code)))).toBe(failureClass);
    expect(classifyWireFailure(new WireFailure("unreachable", true, withCode(code)))).toBe("final");
  });

  it("looks through the errors of several addresses", () => {
    const cause = new AggregateError([withCode("ECONNREFUSED"), withCode("ENETUNREACH")]);
    expect(classifyWireFailure(new WireFailure("unreachable", false, cause))).toBe("not_reached");
  });

  it.each([
    ["timeout", "final"],
    ["cancelled", "final"],
    ["too_large", "final"],
    ["broken_off", "final"],
    ["too_many_waiting", "final"],
    ["held_back", "held_back"],
  ] as const)("takes %s, unsent, as %s", (reason, failureClass) => {
    expect(classifyWireFailure(new WireFailure(reason, false, withCode("ECONNREFUSED")))).toBe(failureClass);
  });
});

describe("toAppError", () => {
  const textOf = (failure: WireFailure) => describeFailure(toAppError(failure, 1000));

  it("believes what a reply that broke off has said of its cost, and names its id", () => {
    const broken = (price: string) =>
      textOf(
        new WireFailure("broken_off", true, undefined, undefined, {
          "x-aisa-price-usd": price,
          "x-request-id": "req_7",
        }),
      );
    expect(broken("0.048")).toMatch(/This call was charged \$0\.048\. .*\(request id req_7\)$/);
    expect(broken("0")).toContain(" Not charged. ");
    expect(broken("soon")).toContain(" It may have been charged. ");
  });

  it("says what a full queue means", () => {
    expect(textOf(new WireFailure("too_many_waiting", false))).toBe(
      "Too many calls are waiting for their turn in this server. Not charged. Try again when some are done; DOMAIN_PAGES_CALLS_PER_MINUTE and DOMAIN_PAGES_CALLS_AT_ONCE set the pace.",
    );
  });

  it.each([
    [27_400, " Wait at least 28 s."],
    [undefined, ""],
  ])("says what an open circuit means (%s ms left)", (retryAfterMs, wait) => {
    expect(textOf(new WireFailure("held_back", false, undefined, retryAfterMs))).toBe(
      `The gateway failed several times in a row, so calls are held back for now. Not charged.${wait} If it lasts, \`domain-pages-mcp doctor\` tests the connection for free.`,
    );
  });
});
