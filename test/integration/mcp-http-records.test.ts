import { describe, expect, it } from "vitest";
import { createMemorySessionRecords } from "../../src/mcp/http/session-records.ts";

const TTL_MS = 1000;

function setUp(max = 3) {
  let time = 0;
  const records = createMemorySessionRecords({ now: () => time, max });
  const put = (id: string, owner: string) => records.put({ id, owner, initialize: { id } }, TTL_MS);
  const has = async (id: string) => (await records.use(id, TTL_MS)) !== undefined;
  const pass = (ms: number) => {
    time += ms;
  };
  return { records, put, has, pass };
}

describe("session records of one process", () => {
  it("give back what was put until it was not used for its time", async () => {
    const { records, put, pass } = setUp();
    await put("a", "alice");
    pass(TTL_MS - 1);
    expect(await records.use("a", TTL_MS)).toEqual({ id: "a", owner: "alice", initialize: { id: "a" } });
    pass(TTL_MS - 1);
    expect(await records.use("a", TTL_MS)).toBeDefined();
    pass(TTL_MS);
    expect(await records.use("a", TTL_MS)).toBeUndefined();
  });

  it("know nothing of what was deleted or never put", async () => {
    const { records, put, has } = setUp();
    await put("a", "alice");
    await records.delete("a");
    await records.delete("b");
    expect([await has("a"), await has("b")]).toEqual([false, false]);
  });

  it("drop, when full, what has expired, and else the longest unused of whoever has most", async () => {
    const { put, has, pass } = setUp(3);
    await put("bob", "bob");
    await put("a1", "alice");
    await put("a2", "alice");
    expect(await has("a1")).toBe(true);
    await put("a3", "alice");
    expect([await has("bob"), await has("a1"), await has("a2"), await has("a3")]).toEqual([true, true, false, true]);
    pass(TTL_MS);
    await put("b2", "bob");
    await put("b3", "bob");
    await put("b4", "bob");
    expect([await has("b2"), await has("b3"), await has("b4"), await has("a3")]).toEqual([true, true, true, false]);
  });
});
