import { describe, expect, it } from "vitest";
import { describeFailure } from "../../../src/errors.ts";
import { NoConnection, networkCodeOf } from "../../../src/upstream/path/connect.ts";
import { classifyWireFailure, toAppError } from "../../../src/upstream/send-call.ts";
import { WireFailure } from "../../../src/upstream/wire.ts";

describe("classifyWireFailure", () => {
  it.each([
    ["name", "ENOTFOUND", "not_reached"],
    ["name", "EAI_AGAIN", "not_reached"],
    ["connect", "ECONNREFUSED", "not_reached"],
    ["connect", "ECONNRESET", "not_reached"],
    ["connect", "ENETUNREACH", "not_reached"],
    ["connect", "EHOSTUNREACH", "not_reached"],
    ["connect", "EADDRNOTAVAIL", "not_reached"],
    ["connect", "ETIMEDOUT", "not_reached"],
    ["connect", "timeout", "not_reached"],
    ["tls", "ECONNRESET", "not_reached"],
    ["tls", "timeout", "final"],
    ["tls", "CERT_HAS_EXPIRED", "final"],
    ["tls", "ERR_TLS_CERT_ALTNAME_INVALID", "final"],
    ["tls", "DEPTH_ZERO_SELF_SIGNED_CERT", "final"],
    ["proxy_tls", "ECONNRESET", "final"],
    ["tunnel", "407", "final"],
    ["tunnel", "ECONNRESET", "final"],
    ["tunnel", "timeout", "final"],
  ] as const)("takes a way that ends at its step %s with %s as %s", (at, code, failureClass) => {
    const cause = new NoConnection(at, code, "gateway");
    expect(classifyWireFailure(new WireFailure("unreachable", false, cause))).toBe(failureClass);
    expect(classifyWireFailure(new WireFailure("unreachable", true, cause))).toBe("final");
  });

  it("takes what is no failed connection as final, whatever it is called", () => {
    const cause = Object.assign(new Error(), { code: "ECONNREFUSED" });
    expect(classifyWireFailure(new WireFailure("unreachable", false, cause))).toBe("final");
  });

  it.each([
    ["timeout", "final"],
    ["cancelled", "final"],
    ["too_large", "final"],
    ["broken_off", "final"],
    ["too_many_waiting", "final"],
    ["held_back", "held_back"],
  ] as const)("takes %s, unsent, as %s", (reason, failureClass) => {
    expect(
      classifyWireFailure(new WireFailure(reason, false, new NoConnection("connect", "ECONNREFUSED", "gateway"))),
    ).toBe(failureClass);
  });
});

describe("toAppError", () => {
  const textOf = (failure: WireFailure) => describeFailure(toAppError(failure, 1000));

  it("believes what a reply that broke off has said of its cost, and names its id", () => {
    const broken = (price: string) =>
      textOf(
        new WireFailure("broken_off", true, undefined, undefined, {
          status: 200,
          headers: { "x-aisa-price-usd": price, "x-request-id": "req_7" },
          body: "",
        }),
      );
    expect(broken("0.048")).toMatch(/This call was charged \$0\.048\. .*\(request id req_7\)$/);
    expect(broken("0")).toContain(" Not charged. ");
    expect(broken("soon")).toContain(" It may have been charged. ");
  });

  it.each([
    [new NoConnection("name", "ENOTFOUND", "gateway"), "The gateway could not be reached."],
    [new NoConnection("connect", "ECONNREFUSED", "proxy"), "The proxy could not be reached."],
    [new NoConnection("tunnel", "403", "proxy"), "The proxy did not open the way to the gateway."],
    [new NoConnection("proxy_tls", "ECONNRESET", "proxy"), "No encrypted connection to the proxy came about."],
    [new NoConnection("tls", "ECONNRESET", "gateway"), "No encrypted connection to the gateway came about."],
    [new Error("a header that cannot be written"), "The gateway could not be reached."],
  ])("says where the way ended, and that nothing was charged: %s", (cause, says) => {
    expect(textOf(new WireFailure("unreachable", false, cause))).toBe(
      `${says} Not charged. Check the network, the proxy settings and AISA_BASE_URL (\`domain-pages-mcp doctor\` tests them).`,
    );
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

describe("networkCodeOf", () => {
  it("looks through the errors of several addresses", () => {
    const tried = [Object.assign(new Error(), { code: "ECONNREFUSED" }), new Error()];
    expect(networkCodeOf(new AggregateError(tried))).toBe("ECONNREFUSED");
    expect(networkCodeOf(new Error("", { cause: new AggregateError(tried) }))).toBe("ECONNREFUSED");
    expect(networkCodeOf("no error at all")).toBe("");
  });
});
