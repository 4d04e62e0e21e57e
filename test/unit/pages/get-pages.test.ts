import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/errors.ts";
import { createGetPages } from "../../../src/pages/get-pages.ts";
import { makeSnapshot } from "../../support/make-snapshot.ts";

const CALLER = { signal: new AbortController().signal, surface: "mcp" } as const;

function open(how: "bought" | "kept", leftUsd: () => Promise<number | null>) {
  return createGetPages({
    upstream: "test",
    buyPages: async () => ({ snapshot: makeSnapshot(), how, notes: [] }),
    leftUsd,
    now: () => 0,
    freshMs: 0,
    rules: { allowUnknownFields: false, mapBareNames: true },
    maxTokens: 1500,
  });
}

describe("what is left of the budget", () => {
  it("stands in the answer to a purchase", async () => {
    const { delivery } = await open("bought", async () => 1.5)({ target: "acme.example" }, CALLER);
    expect(delivery?.leftUsd).toBe(1.5);
  });

  it("never keeps an answer back that was paid for, when the books cannot be read", async () => {
    const gone = async () => {
      throw new AppError("unavailable", "The shared store cannot be reached.");
    };
    const { delivery, snapshotId } = await open("bought", gone)({ target: "acme.example" }, CALLER);
    expect(delivery).toMatchObject({ how: "bought", leftUsd: null });
    expect(snapshotId).toMatch(/^s_/);
  });

  it("is not asked for where nothing was spent", async () => {
    const never = () => Promise.reject(new Error("asked"));
    const { delivery } = await open("kept", never)({ target: "acme.example" }, CALLER);
    expect(delivery?.leftUsd).toBeNull();
  });
});
