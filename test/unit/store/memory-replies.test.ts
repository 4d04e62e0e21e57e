import { describe, expect, it } from "vitest";
import { createMemoryReplies } from "../../../src/store/kept-replies.ts";

const toId = (n: number) => `u_${String(n).padStart(8, "0")}`;

describe("replies in memory", () => {
  it("are those of their tenant, the newest first, at most twenty each", async () => {
    const of = createMemoryReplies();
    await of("b").put(toId(1), "of b");
    for (let n = 25; n > 0; n--) await of("a").put(toId(n), `of a ${n}`);
    expect(await of("a").list()).toEqual(Array.from({ length: 20 }, (_, n) => toId(n + 1)));
    expect(await of("b").list()).toEqual([toId(1)]);
    expect(await of("b").get(toId(1))).toBe("of b");
    expect(await of("a").get(toId(1))).toBe("of a 1");
    expect(await of("c").get(toId(1))).toBeUndefined();
  });

  it("make room for those of other tenants, and one that is larger than all is not kept", async () => {
    const of = createMemoryReplies();
    const large = "x".repeat(24 << 20);
    for (const tenant of ["a", "b", "c"]) expect(await of(tenant).put(toId(1), large)).toBe(true);
    expect(await of("a").get(toId(1))).toBeUndefined();
    expect(await of("c").list()).toEqual([toId(1)]);
    expect(await of("d").put(toId(1), "x".repeat((64 << 20) + 1))).toBe(false);
    expect(await of("b").list()).toEqual([toId(1)]);
  });
});
