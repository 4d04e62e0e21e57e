import { describe, expect, it } from "vitest";
import { createRenderAnswer } from "../../../../src/mcp/tool-result.ts";
import type { Delivery } from "../../../../src/pages/answer/header-facts.ts";
import { renderText } from "../../../../src/pages/answer/render-answer.ts";
import { createRememberAnswer } from "../../../../src/pages/get-pages.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";

const MINUTE_MS = 60_000;
const KEPT: Delivery = { how: "kept", ageMs: 5 * MINUTE_MS, leftUsd: null };
const options = (delivery: Delivery, notes: string[] = []) =>
  ({ maxTokens: 1500, surface: "mcp", notes, delivery }) as const;

describe("an answer that is remembered", () => {
  it("is given out again while it would come out the same", () => {
    const build = createRememberAnswer();
    const snapshot = makeSnapshot();
    const first = build(snapshot, options(KEPT));
    expect(build(snapshot, options({ ...KEPT, ageMs: 5.9 * MINUTE_MS }))).toBe(first);
    expect(build(makeSnapshot(), options(KEPT))).not.toBe(first);
  });

  it.each([
    ["its age in words", options({ ...KEPT, ageMs: 6 * MINUTE_MS })],
    ["how it came", options({ ...KEPT, how: "shared" })],
    ["what is left", options({ ...KEPT, leftUsd: 1 })],
    ["a note", options(KEPT, ["read differently"])],
    ["its size", { ...options(KEPT), maxTokens: 900 }],
    ["where it is read", { ...options(KEPT), surface: "cli" as const }],
  ])("is built anew when %s differs", (_what, other) => {
    const build = createRememberAnswer();
    const snapshot = makeSnapshot();
    const first = build(snapshot, options(KEPT));
    expect(build(snapshot, other)).not.toBe(first);
  });

  it("is rendered once", async () => {
    const render = createRenderAnswer();
    const answer = createRememberAnswer()(makeSnapshot(), options(KEPT));
    const first = await render(answer);
    expect(await render(answer)).toBe(first);
    expect(first.text).toBe(renderText(answer));
  });
});
