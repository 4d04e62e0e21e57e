import { describe, expect, it } from "vitest";
import { benchQuestions } from "../../bench/questions/run.ts";

describe("an answer, read by nothing but its layout", async () => {
  const lines = await benchQuestions();

  it("is never wrong about what the raw items say", () => {
    expect(lines.filter((line) => line.includes("WRONG"))).toEqual([]);
  });

  it.each(["text", "structured"])("settles most of an analyst's questions at first sight: %s", (form) => {
    const share = lines.map((line) => new RegExp(`^${form}: ([\\d.]+) %`).exec(line)?.[1]).find(Boolean);
    expect(Number(share)).toBeGreaterThanOrEqual(85);
  });
});
