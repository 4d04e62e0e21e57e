import { describe, expect, it } from "vitest";
import { AppError, type AppErrorFacts, describeFailure } from "../../src/errors.ts";

describe("AppError", () => {
  it("keeps its kind, its facts and its cause", () => {
    const cause = new Error("ECONNREFUSED");
    const error = new AppError("unavailable", "No gateway.", { charge: "not_charged", cause });
    expect(error).toBeInstanceOf(Error);
    expect({ kind: error.kind, charge: error.facts.charge, cause: error.cause }).toEqual({
      kind: "unavailable",
      charge: "not_charged",
      cause,
    });
  });
});

describe("describeFailure", () => {
  it.each([
    [{}, "It failed."],
    [{ charge: "not_charged" }, "It failed. Not charged."],
    [{ charge: "unknown" }, "It failed. It may have been charged."],
    [{ charge: "charged" }, "It failed. This call was charged."],
    [{ charge: "charged", chargedUsd: 0.012 }, "It failed. This call was charged $0.012."],
    [
      { charge: "charged", upstreamCostUsd: 0.002 },
      "It failed. The data provider billed $0.002 for it, so count it as charged.",
    ],
    [{ charge: "charged", chargedUsd: 0.012, upstreamCostUsd: 0.002 }, "It failed. This call was charged $0.012."],
  ] as [AppErrorFacts, string][])("words %j", (facts, text) => {
    expect(describeFailure(new AppError("unavailable", "It failed.", facts))).toBe(text);
  });

  it("names the wait, rounded up, before the advice that may begin with Then", () => {
    const facts: AppErrorFacts = { charge: "not_charged", retryAfterMs: 1200, advice: "Then try again." };
    expect(describeFailure(new AppError("unavailable", "Too fast.", facts))).toBe(
      "Too fast. Not charged. Wait at least 2 s. Then try again.",
    );
  });

  it("begins a line of its own after what is no sentence", () => {
    const error = new AppError("input", "limit: must be a whole number; try 1", { charge: "not_charged" });
    expect(describeFailure(error)).toBe("limit: must be a whole number; try 1\nNot charged.");
  });

  it("does so too after a rule that ends in brackets, and not after a sentence that does", () => {
    const facts: AppErrorFacts = { charge: "not_charged" };
    const rule = new AppError("input", "filters: mixes and with or (nest one of them)", facts);
    expect(describeFailure(rule)).toBe("filters: mixes and with or (nest one of them)\nNot charged.");
    const sentence = new AppError("unavailable", "It failed (as it did before.)", facts);
    expect(describeFailure(sentence)).toBe("It failed (as it did before.) Not charged.");
  });

  it("ends with the request id", () => {
    expect(describeFailure(new AppError("rejected", "No.", { requestId: "req_1", advice: "Ask." }))).toBe(
      "No. Ask. (request id req_1)",
    );
  });

  it("leaves out what is for stderr only", () => {
    const facts: AppErrorFacts = { detail: "upstream words", cause: new Error("inner words") };
    expect(describeFailure(new AppError("contract", "Unreadable.", facts))).toBe("Unreadable.");
  });
});
