import { describe, expect, it } from "vitest";
import { createCheckedTokens } from "../../../src/access/jwt-check.ts";
import type { Principal } from "../../../src/access/principal.ts";

const alice: Principal = {
  name: "oauth:alice",
  tenant: "tenant:a",
  scopes: new Set(),
  dailyBudgetUsd: null,
  callsPerMinute: null,
};

function open() {
  let time = 1_000_000;
  return {
    checked: createCheckedTokens(() => time),
    pass: (ms: number) => {
      time += ms;
    },
    far: time + 3_600_000,
  };
}

describe("tokens that were checked a moment ago", () => {
  it("are known for less than a minute", () => {
    const { checked, pass, far } = open();
    checked.add("t", alice, far);
    pass(59_999);
    expect(checked.get("t")).toBe(alice);
    pass(1);
    expect(checked.get("t")).toBeUndefined();
  });

  it("are not known past their end", () => {
    const { checked, pass } = open();
    checked.add("t", alice, 1_000_500);
    pass(499);
    expect(checked.get("t")).toBe(alice);
    pass(1);
    expect(checked.get("t")).toBeUndefined();
  });

  it("are not known once the clock was set back", () => {
    const { checked, pass, far } = open();
    checked.add("t", alice, far);
    pass(-1);
    expect(checked.get("t")).toBeUndefined();
  });

  it("are a thousand at most; what was used longest ago goes first", () => {
    const { checked, far } = open();
    for (let index = 0; index < 1000; index += 1) checked.add(`t${index}`, alice, far);
    expect(checked.get("t0")).toBe(alice);
    checked.add("one more", alice, far);
    expect(checked.get("t0")).toBe(alice);
    expect(checked.get("t1")).toBeUndefined();
    expect(checked.get("t2")).toBe(alice);
    expect(checked.get("one more")).toBe(alice);
  });
});
