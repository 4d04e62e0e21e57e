import { describe, expect, it } from "vitest";
import { otherTargetOf, partAnswers } from "../../../src/pages/asked-for.ts";
import type { EndpointAnswer } from "../../../src/pages/snapshot.ts";

const answer = (target: string | null, pages: unknown[] = [], echoed?: unknown): EndpointAnswer => ({
  taskId: null,
  version: null,
  echo: echoed === undefined ? null : { target: echoed },
  target,
  upstreamCostUsd: null,
  totalCount: pages.length,
  items: pages.map((page) => ({ page })),
});

describe("an answer", () => {
  it.each<[string, EndpointAnswer]>([
    ["in another case", answer("ACME.Example")],
    ["with www.", answer("www.acme.example")],
    ["as a URL", answer("https://acme.example/")],
    ["as its domain", answer("acme.example", ["https://acme.example/"])],
    ["as a subdomain", answer("shop.acme.example")],
    ["not at all, with pages of its own", answer(null, ["https://blog.acme.example/a", "https://other.example/"])],
    ["not at all, without pages", answer(null)],
    ["as what is no name", answer("?", [null, 5, ""])],
  ])("that names its target %s is of it", (_how, given) => {
    expect(otherTargetOf(given, "blog.acme.example")).toBeUndefined();
  });

  it("in punycode is of the same target", () => {
    expect(otherTargetOf(answer("müller.example"), "xn--mller-kva.example")).toBeUndefined();
  });

  it.each<[string, EndpointAnswer]>([
    ["in its result", answer("victim.example", ["https://acme.example/"])],
    ["in the request that it echoes", answer("acme.example", [], "victim.example")],
    ["in the request alone", answer(null, [], "victim.example")],
    ["by all of its pages", answer("acme.example", ["https://victim.example/a", "https://victim.example/b"])],
  ])("that names another target %s is of that", (_where, given) => {
    expect(otherTargetOf(given, "acme.example")).toBe("victim.example");
  });

  it("is found among others, wherever it stands", () => {
    const [own, other, second] = [
      answer("acme.example"),
      answer("victim.example"),
      answer("acme.example", [], "acme.example"),
    ];
    expect(partAnswers("acme.example", [other, own, second])).toEqual({ asked: own, unasked: [other, second] });
    expect(partAnswers("acme.example", [other])).toEqual({ asked: undefined, unasked: [other] });
  });
});
