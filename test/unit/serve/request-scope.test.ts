import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRequestScope, toRequestId, toTraceparent } from "../../../src/serve/access-log.ts";

describe("the request's scope", () => {
  it("follows what was begun in it, however that is interleaved", async () => {
    const scope = createRequestScope();
    const seen = await Promise.all(
      ["a", "b"].map((requestId) =>
        scope.run({ requestId }, async () => {
          await Promise.resolve();
          const inner = scope.run({ requestId, principal: "p" }, () => scope.get());
          await Promise.resolve();
          return [scope.get(), inner];
        }),
      ),
    );
    expect(seen).toEqual([
      [{ requestId: "a" }, { requestId: "a", principal: "p" }],
      [{ requestId: "b" }, { requestId: "b", principal: "p" }],
    ]);
    expect(scope.get()).toBeUndefined();
  });
});

describe("a request id from outside", () => {
  it("is taken in its form alone", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w.-]{1,70}$/)), (given) => {
        const id = toRequestId(given, () => "made");
        expect(id).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        expect(id).toBe(/^[A-Za-z0-9._-]{1,64}$/.test(given) && !given.endsWith("\n") ? given : "made");
      }),
      { endOnFailure: true },
    );
    expect(toRequestId(undefined, () => "made")).toBe("made");
    expect(toRequestId("a\n", () => "made")).toBe("made");
  });
});

describe("a traceparent", () => {
  const ids = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"] as const;

  it.each([
    [`00-${ids[0]}-${ids[1]}-01`, true],
    [`00-${ids[0]}-${ids[1]}-ff`, true],
    [`01-${ids[0]}-${ids[1]}-01`, false],
    [`ff-${ids[0]}-${ids[1]}-01`, false],
    [`00-${"0".repeat(32)}-${ids[1]}-01`, false],
    [`00-${ids[0]}-${"0".repeat(16)}-01`, false],
    [`00-${ids[0].toUpperCase()}-${ids[1]}-01`, false],
    [`00-${ids[0]}-${ids[1]}-01-more`, false],
    [`00-${ids[0]}-${ids[1]}-01, 00-${ids[0]}-${ids[1]}-01`, false],
    [`00-${ids[0]}-${ids[1]}-01\n`, false],
  ])("%j is taken: %s", (given, taken) => {
    expect(toTraceparent(given)).toBe(taken ? given : undefined);
  });
});
