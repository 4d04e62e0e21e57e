import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate as settled } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSpend, type SpendOptions } from "../../src/cli/spend.ts";
import { createFileLedger } from "../../src/spend/ledger/file-ledger.ts";
import { FACTS } from "../support/ledger-facts.ts";
import { createTestIo } from "../support/test-io.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "spend-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function spend(options: SpendOptions): Promise<string> {
  const io = createTestIo(["spend"]);
  await runSpend({ options }, createFileLedger({ folder, dailyBudgetMicros: 5_000_000, now: io.now }), io);
  await settled();
  return io.written("stdout");
}

async function buyAt(epochMs: number, name?: string): Promise<void> {
  const account = name === undefined ? {} : { account: { name, dailyBudgetMicros: null } };
  const ledger = createFileLedger({ folder, dailyBudgetMicros: null, ...account, now: () => epochMs });
  await ledger.settle(await ledger.reserve(FACTS, 250_000), {
    outcome: "charged",
    micros: 24_360,
    snapshotId: "s_7f3k2m",
  });
}

describe("the spend command", () => {
  it("tells of today when no day is named", async () => {
    await buyAt(Date.UTC(2026, 10, 24, 9));
    expect(await spend({})).toBe(
      [
        "day      2026-11-24 (UTC, today)",
        "budget   $5",
        "counted  $0.02436",
        "         $0.02436 charged",
        "left     $4.97564 until 00:00 UTC",
        "",
        "purchases  charged   in doubt  target",
        "1          $0.02436  $0        acme.example",
        "",
        "time      kind   limit  amount    state    snapshot  target",
        "09:00:00  pages  100    $0.02436  charged  s_7f3k2m  acme.example",
        "",
      ].join("\n"),
    );
  });

  it("tells of another day, and of days without books", async () => {
    await buyAt(Date.UTC(2026, 10, 23, 9));
    expect(await spend({ day: "2026-11-23" })).toContain("acme.example");
    expect(await spend({})).toContain("No purchases on this day. Days with books: 2026-11-23.");
    expect(await spend({ day: "2020-02-29" })).toContain("Days with books: 2026-11-23.");
  });

  it("prints JSON when asked to", async () => {
    await buyAt(Date.UTC(2026, 10, 24, 9));
    expect(JSON.parse(await spend({ json: true }))).toMatchObject({
      day: "2026-11-24",
      left_usd: 4.97564,
      purchases: [{ state: "charged", counted_usd: 0.02436, reserved_usd: 0.25, snapshot_id: "s_7f3k2m" }],
      days_with_books: ["2026-11-24"],
    });
  });

  it("tells of one account when it is named", async () => {
    await buyAt(Date.UTC(2026, 10, 24, 9), "token:alice");
    await buyAt(Date.UTC(2026, 10, 24, 10), "token:bob");
    expect(await spend({ account: "token:alice" })).toBe(
      [
        "day      2026-11-24 (UTC, today)",
        "account  token:alice",
        "counted  $0.02436",
        "         $0.02436 charged",
        "",
        "purchases  charged   in doubt  target",
        "1          $0.02436  $0        acme.example",
        "",
        "time      kind   limit  amount    state    snapshot  target",
        "09:00:00  pages  100    $0.02436  charged  s_7f3k2m  acme.example",
        "",
      ].join("\n"),
    );
    expect(await spend({ account: "alice" })).toContain("Accounts that bought: token:alice, token:bob.");
    expect(JSON.parse(await spend({ account: "token:bob", json: true }))).toMatchObject({
      account: "token:bob",
      purchases: [{ account: "token:bob" }],
    });
  });

  it.each(["", "al ice", "x".repeat(101)])("refuses --account %j with one that works", async (account) => {
    await expect(spend({ account })).rejects.toMatchObject({
      kind: "input",
      message: expect.stringMatching(/^arguments: --account takes a name such as token:alice, got "/),
    });
  });

  it.each(["yesterday", "2026-02-30", "../2026-11-24", ""])("refuses --day %j with one that works", async (day) => {
    await expect(spend({ day })).rejects.toMatchObject({
      kind: "input",
      message: `arguments: --day takes a day (UTC) such as 2026-11-24, got ${JSON.stringify(day)}.`,
    });
  });

  it("says when no books are kept", async () => {
    await expect(runSpend({ options: {} }, undefined, createTestIo([]))).rejects.toMatchObject({
      kind: "config",
      facts: { advice: expect.stringContaining("DOMAIN_PAGES_STORE") },
    });
  });

  it("says when the books cannot be read", async () => {
    await writeFile(path.join(folder, "ledger"), "");
    await expect(spend({})).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining("cannot be read"),
    });
  });
});
