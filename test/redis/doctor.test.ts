import { expect, it } from "vitest";
import { serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { diagnose } from "../support/doctor.ts";
import { describeRedis } from "./rooms.ts";

describeRedis("doctor with books in Redis", ({ server }) => {
  it("says that it answers, and asks for a price through the books of all", async () => {
    const prices = { perCallUsd: 0.024, perPageUsd: 0 };
    const gateway = await serveSandbox({ world: createWorld(), port: 0, prices });
    const { code, text } = await diagnose({
      AISA_API_KEY: "sk-aisa-0123456789abcdef",
      AISA_BASE_URL: `${gateway.origin}/apis/v1`,
      DOMAIN_PAGES_STORE: server().url,
    });
    await gateway.close();
    expect(code).toBe(0);
    expect(text).toContain("ok    storage      answers and books are in Redis, which answers (9 ms)");
    expect(text).toContain("ok    quote        $0.024 for 1 page of example.com; asking was free");
  });
});
