import { describe, expect, it } from "vitest";
import { createFollowedTokenFile } from "../../../src/access/token-book.ts";
import type { TokenFileLook } from "../../../src/access/token-file.ts";
import { renderTokenEntries, type TokenEntry } from "../../../src/access/token-file.ts";

const entry = (name: string): TokenEntry => ({
  id: "abcdefgh",
  name,
  sha256: "0".repeat(64),
  scopes: ["pages:read"],
  tenant: null,
  daily_budget_usd: null,
  calls_per_minute: null,
  created: "2026-11-24T09:30:00.000Z",
  expires: null,
});

/** A file on a disk whose clock has long ticks: every writing within one leaves the same mark. */
async function open() {
  let time = 1_000_000;
  const disk = { text: renderTokenEntries([entry("a")]), mark: "tick 1", writtenAtMs: time, reads: 0 };
  const seen: string[][] = [];
  const read = async (_file: string, seenMark?: string): Promise<TokenFileLook> => {
    if (seenMark === disk.mark) return { kind: "same" };
    disk.reads += 1;
    return {
      kind: "read",
      text: disk.text,
      mark: disk.mark,
      writtenAtMs: disk.writtenAtMs,
      mode: 0o600,
      isDetached: false,
    };
  };
  const look = await createFollowedTokenFile({
    path: "tokens.json",
    isNamed: true,
    onEntries: (entries) => seen.push(entries.map(({ name }) => name)),
    onProblem: () => {},
    now: () => time,
    read,
  });
  const pass = async (ms: number) => {
    time += ms;
    await look(1000);
  };
  return { disk, seen, look, pass };
}

describe("a token file that is followed", () => {
  it("is read again while its time cannot tell two writings apart", async () => {
    const { disk, seen, pass } = await open();
    await pass(1000);
    disk.text = renderTokenEntries([entry("b")]);
    await pass(1000);
    expect(seen).toEqual([["a"], ["b"]]);
  });

  it("is not read again once its time can", async () => {
    const { disk, pass } = await open();
    await pass(1000);
    await pass(1000);
    const { reads } = disk;
    await pass(1000);
    await pass(60_000);
    expect(disk.reads).toBe(reads);
  });

  it("is looked at by the first of many callers, and the others wait for it", async () => {
    const { disk, seen, look, pass } = await open();
    disk.text = renderTokenEntries([entry("b")]);
    const { reads } = disk;
    await Promise.all([pass(1000), look(1000), look(1000), look(0)]);
    expect(disk.reads).toBe(reads + 1);
    expect(seen).toEqual([["a"], ["b"]]);
  });

  it("is read by nobody while the last look is young enough", async () => {
    const { disk, pass } = await open();
    const { reads } = disk;
    await pass(999);
    expect(disk.reads).toBe(reads);
  });
});
