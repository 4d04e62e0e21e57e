import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkHeaders, checkHost, checkTarget, createOriginCheck, ROUTES, toRoute } from "../../../src/serve/guards.ts";
import { Refusal } from "../../../src/serve/http-refusal.ts";
import { isDeeperThan, parseBody } from "../../../src/serve/request-body.ts";

describe("guards", () => {
  const HOSTS = new Set(["seo.example", "[::1]"]);

  function reasonOf(check: () => void): string | undefined {
    try {
      check();
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.reason;
      throw error;
    }
  }

  describe("the host check", () => {
    it("lets in nothing but the names listed, with or without a port", () => {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.webAuthority({ withPort: true })), (host) => {
          const isOurs = /^(seo\.example|\[::1\])(:\d{1,5})?$/i.test(host);
          expect(reasonOf(() => checkHost(["Host", host], HOSTS))).toBe(isOurs ? undefined : "bad_host");
        }),
        { endOnFailure: true },
      );
    });

    it("wants exactly one", () => {
      expect(reasonOf(() => checkHost(["host", "seo.example", "HOST", "seo.example"], HOSTS))).toBe("bad_host");
      expect(reasonOf(() => checkHost(["x", "host"], HOSTS))).toBe("bad_host");
      expect(reasonOf(() => checkHost(["x", "host", "hOsT", "SEO.example:443"], HOSTS))).toBeUndefined();
    });
  });

  describe("the header check", () => {
    it.each([
      [["Transfer-Encoding", "chunked"], "1.1", undefined],
      [["Transfer-Encoding", "Chunked"], "1.1", undefined],
      [["Transfer-Encoding", "chunked"], "1.0", "conflicting_headers"],
      [["Transfer-Encoding", "chunked", "Content-Length", "1"], "1.1", "conflicting_headers"],
      [["Transfer-Encoding", "identity"], "1.1", "conflicting_headers"],
      [["Content-Length", "1", "content-length", "1"], "1.1", "conflicting_headers"],
      [["Accept", "a", "Accept", "b"], "1.1", undefined],
    ])("%j in HTTP/%s: %s", (rawHeaders, version, reason) => {
      expect(reasonOf(() => checkHeaders(rawHeaders, version))).toBe(reason);
    });
  });

  describe("the origin check", () => {
    const isAllowed = createOriginCheck([
      "https://app.example",
      "moz-extension://abc",
      "http://localhost:*",
      "null",
      "*",
    ]);

    it.each([
      ["https://app.example", true],
      ["moz-extension://abc", true],
      ["http://localhost", true],
      ["http://localhost:6274", true],
      ["https://localhost:6274", false],
      ["http://localhost:99999", false],
      ["HTTPS://app.example", false],
      ["https://app.example:443", false],
      ["moz-extension://abd", false],
      ["null", false],
      ["*", false],
      ["", false],
    ])("%s: %s", (origin, allowed) => {
      expect(isAllowed(origin)).toBe(allowed);
    });

    it("allows nothing where nothing is listed", () => {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.webUrl()), (origin) => {
          expect(createOriginCheck([])(origin)).toBe(false);
        }),
        { endOnFailure: true },
      );
    });
  });

  describe("routing", () => {
    it("reaches the endpoint by its one spelling alone", () => {
      const parts = fc.constantFrom("/", "mcp", "m", "cp", ".", "..", "%6d", "%2f", "\\", ";", "#", "//", "x", "%00");
      fc.assert(
        fc.property(fc.array(parts, { maxLength: 6 }), fc.constantFrom("", "?", "?a=b", "?/mcp"), (path, query) => {
          const target = path.join("");
          expect(toRoute(target + query, undefined) === "/mcp").toBe(target === "/mcp");
        }),
        { endOnFailure: true },
      );
    });

    it("never takes a target that is no path", () => {
      const target = fc.string({ unit: "binary" }).filter((text) => !/^\/[!-~]*$/.test(text));
      fc.assert(
        fc.property(target, fc.constantFrom(...ROUTES), (text, route) => {
          expect(reasonOf(() => checkTarget(route, "GET", text))).toBe("bad_target");
        }),
        { endOnFailure: true },
      );
    });

    it("knows the metadata in both of its forms, where there is any", () => {
      const root = "/.well-known/oauth-protected-resource";
      expect([root, `${root}/mcp`, `${root}/x`].map((path) => toRoute(path, `${root}/mcp`))).toEqual([
        root,
        root,
        "other",
      ]);
      expect(toRoute(root, undefined)).toBe("other");
    });

    it.each(["/mcp?token=x", "/mcp?a=1&ACCESS_TOKEN", "/metrics?api_key=x", "/healthz?%74oken=1", "/x?token=1"])(
      "refuses the token in %s",
      (target) => {
        expect(reasonOf(() => checkTarget(toRoute(target, undefined), "GET", target))).toBe("token_in_query");
      },
    );
  });
});

describe("json body", () => {
  const bytes = (text: string) => Buffer.from(text, "utf8");

  /** The depth by walking the parsed value. */
  function depthOf(value: unknown): number {
    if (typeof value !== "object" || value === null) return 0;
    return 1 + Math.max(0, ...Object.values(value).map(depthOf));
  }

  const reasonOf = (text: string | Buffer, maxDepth = 64) => {
    try {
      parseBody(Buffer.from(text), maxDepth, 2);
      return "none";
    } catch (error) {
      return (error as { reason?: string }).reason;
    }
  };

  describe("the depth of a body", () => {
    it("is measured as the parsed value has it, whatever its strings hold", () => {
      fc.assert(
        fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 8 }), (value, maxDepth) => {
          expect(isDeeperThan(bytes(JSON.stringify(value)), maxDepth)).toBe(depthOf(value) > maxDepth);
        }),
        { endOnFailure: true },
      );
    });

    it("is never underrated: whatever parses is no deeper than was measured", () => {
      const noise = fc.string({ unit: fc.constantFrom("[", "]", "{", "}", '"', "\\", ",", ":", "1", "é") });
      fc.assert(
        fc.property(noise, (text) => {
          fc.pre(!isDeeperThan(bytes(text), 3));
          let value: unknown;
          try {
            value = JSON.parse(text);
          } catch {
            return;
          }
          expect(depthOf(value)).toBeLessThanOrEqual(3);
        }),
        { endOnFailure: true, numRuns: 2000 },
      );
    });
  });

  describe("a body that is no message", () => {
    it.each([
      ["", "not_json"],
      ['{"a":', "not_json"],
      ["[[[1]]]", "too_deep"],
      ["[1,2,3]", "too_many_messages"],
      ["[1,2]", "none"],
      ["\ufeff{}", "none"],
      ["3", "none"],
    ])("%j: %s", (text, reason) => {
      expect(reasonOf(text, 2)).toBe(reason);
    });

    it("is refused when it is not UTF-8, without a replacement character", () => {
      expect(reasonOf(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBe("not_utf8");
      expect(reasonOf(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe("not_utf8");
    });

    it("does not stand in the refusal", () => {
      try {
        parseBody(bytes('{"secret-mark'), 64, 2);
        expect.unreachable();
      } catch (error) {
        expect(`${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain("secret-mark");
      }
    });
  });
});
