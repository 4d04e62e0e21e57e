import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toSpendJson } from "../../../src/cli/spend.ts";
import { narrowReport, renderSpend, type SpendReport } from "../../../src/cli/spend-report.ts";
import type { Purchase } from "../../../src/spend/ledger/ledger.ts";
import { hostileText } from "../../support/hostile-text.ts";

const DAY = "2026-11-24";
const nine = Date.UTC(2026, 10, 24, 9);

function purchase(index: number, more: Partial<Purchase> = {}): Purchase {
  return {
    id: `p_${String(index).padStart(22, "0")}`,
    kind: "pages",
    target: "acme.example",
    requestKey: "0123abcd",
    limit: 100,
    reservedAt: nine + index * 60_000,
    reservedMicros: 250_000,
    state: "open",
    countedMicros: 250_000,
    ...more,
  };
}

const ONE_OF_EACH: Purchase[] = [
  purchase(1, {
    state: "charged",
    countedMicros: 24_360,
    snapshotId: "s_7f3k2m",
    settledAt: nine + 61_000,
    requestId: "r-1",
  }),
  purchase(2, { target: "example.com", state: "unknown", limit: 1000 }),
  purchase(3, { state: "not_charged", countedMicros: 0 }),
  purchase(4, {
    target: "xn--bcher-kva.example",
    state: "not_reported",
    countedMicros: 30_000,
    snapshotId: "s_9ab2cd",
  }),
  purchase(5, { kind: "quote" }),
];

function reportOf(purchases: Purchase[], more: Partial<SpendReport> & { unreadableLines?: number } = {}): SpendReport {
  const { unreadableLines = 0, ...rest } = more;
  const countedMicros = purchases.reduce((sum, each) => sum + each.countedMicros, 0);
  return {
    book: { day: DAY, purchases, countedMicros, unreadableLines },
    days: purchases.length === 0 ? [] : [DAY],
    today: DAY,
    dailyBudgetMicros: 5_000_000,
    ...rest,
  };
}

const OF_SEVERAL: Purchase[] = [
  purchase(1, { account: "token:alice", state: "charged", countedMicros: 24_360, snapshotId: "s_7f3k2m" }),
  purchase(2, { account: "oauth:4711", target: "example.com", state: "unknown" }),
  purchase(3, { account: "token:alice", state: "charged", countedMicros: 10_000, snapshotId: "s_9ab2cd" }),
  purchase(4, { state: "charged", countedMicros: 20_000, snapshotId: "s_x2y3z4" }),
  purchase(5, { account: "token:alice" }),
];

describe("the spend report for a person", () => {
  it("shows the sums, the targets and the purchases", () => {
    expect(renderSpend(reportOf(ONE_OF_EACH, { unreadableLines: 2 }))).toMatchInlineSnapshot(`
      "day      2026-11-24 (UTC, today)
      budget   $5
      counted  $0.55436
               $0.02436 charged
               $0.25 may have been charged
               $0.25 set aside, no outcome yet
               $0.03 charged, amount not reported: counted at what was set aside
      left     $4.44564 until 00:00 UTC

      purchases  charged   in doubt  target
      1          $0.02436  $0.25     acme.example
      1          $0        $0.25     example.com
      1          $0        $0.03     xn--bcher-kva.example

      time      kind   limit  amount       state                         snapshot  target
      09:05:00  quote  100    up to $0.25  set aside, no outcome yet               acme.example
      09:04:00  pages  100    up to $0.03  charged, amount not reported  s_9ab2cd  xn--bcher-kva.example
      09:03:00  pages  100    $0           not charged                             acme.example
      09:02:00  pages  1,000  up to $0.25  may have been charged                   example.com
      09:01:00  pages  100    $0.02436     charged                       s_7f3k2m  acme.example

      2 lines of these books could not be read and count nothing: a writer was stopped, or the file was edited or damaged."
    `);
  });

  it("counts purchases, and no price that was asked for free", () => {
    const quote = (index: number) => purchase(index, { kind: "quote", state: "not_charged", countedMicros: 0 });
    const report = reportOf([quote(1), purchase(2, { state: "charged", countedMicros: 24_360 }), quote(3)]);
    const text = renderSpend(report);
    expect(text).toContain("1          $0.02436  $0        acme.example");
    expect(text).toContain("\nand 2 prices asked for, free");
    expect(text).not.toContain("quote ");
    expect(toSpendJson(report)).toMatchObject({ targets: [{ target: "acme.example", purchases: 1 }] });
    expect(renderSpend(reportOf([quote(1)]))).toContain("No purchases");
    const carriedOut = purchase(4, { kind: "quote", state: "charged", countedMicros: 24_360, snapshotId: "s_7f3k2m" });
    expect(toSpendJson(reportOf([carriedOut]))).toMatchObject({ targets: [{ purchases: 1 }] });
  });

  it("says that nothing was bought, and which days have books", () => {
    expect(renderSpend(reportOf([]))).toMatchInlineSnapshot(`
      "day      2026-11-24 (UTC, today)
      budget   $5
      counted  $0
      left     $5 until 00:00 UTC
      No purchases, and no other day has books."
    `);
    const days = Array.from({ length: 9 }, (_, index) => `2026-11-0${9 - index}`);
    expect(renderSpend(reportOf([], { days, dailyBudgetMicros: null }))).toMatchInlineSnapshot(`
      "day      2026-11-24 (UTC, today)
      budget   no bound
      counted  $0
      No purchases on this day. Days with books: 2026-11-09, 2026-11-08, 2026-11-07, 2026-11-06, 2026-11-05, 2026-11-04, 2026-11-03 and 2 earlier."
    `);
  });

  it("tells the accounts apart where there are any", () => {
    expect(renderSpend(reportOf(OF_SEVERAL))).toMatchInlineSnapshot(`
      "day      2026-11-24 (UTC, today)
      budget   $5
      counted  $0.55436
               $0.05436 charged
               $0.25 may have been charged
               $0.25 set aside, no outcome yet
      left     $4.44564 until 00:00 UTC

      purchases  charged   in doubt  account
      3          $0.03436  $0.25     token:alice
      1          $0        $0.25     oauth:4711
      1          $0.02     $0        (no account)

      purchases  charged   in doubt  target
      4          $0.05436  $0.25     acme.example
      1          $0        $0.25     example.com

      time      account      kind   limit  amount       state                      snapshot  target
      09:05:00  token:alice  pages  100    up to $0.25  set aside, no outcome yet            acme.example
      09:04:00               pages  100    $0.02        charged                    s_x2y3z4  acme.example
      09:03:00  token:alice  pages  100    $0.01        charged                    s_9ab2cd  acme.example
      09:02:00  oauth:4711   pages  100    up to $0.25  may have been charged                example.com
      09:01:00  token:alice  pages  100    $0.02436     charged                    s_7f3k2m  acme.example"
    `);
  });

  it("tells of one account: its sums, and neither budget nor rest, which are not in the books", () => {
    expect(renderSpend(narrowReport(reportOf(OF_SEVERAL), "token:alice"))).toMatchInlineSnapshot(`
      "day      2026-11-24 (UTC, today)
      account  token:alice
      counted  $0.28436
               $0.03436 charged
               $0.25 set aside, no outcome yet

      purchases  charged   in doubt  target
      3          $0.03436  $0.25     acme.example

      time      kind   limit  amount       state                      snapshot  target
      09:05:00  pages  100    up to $0.25  set aside, no outcome yet            acme.example
      09:03:00  pages  100    $0.01        charged                    s_9ab2cd  acme.example
      09:01:00  pages  100    $0.02436     charged                    s_7f3k2m  acme.example"
    `);
  });

  it("names the accounts that did buy where the one asked for did not", () => {
    expect(renderSpend(narrowReport(reportOf(OF_SEVERAL), "alice"))).toMatchInlineSnapshot(`
      "day      2026-11-24 (UTC, today)
      account  alice
      counted  $0
      No purchases of this account on this day. Accounts that bought: token:alice, oauth:4711."
    `);
    const many = Array.from({ length: 9 }, (_, index) => purchase(index, { account: `a${index}` }));
    expect(renderSpend(narrowReport(reportOf(many), "alice"))).toMatch(
      /\. Accounts that bought: a0, a1, a2, a3, a4, a5, a6 and 2 more\.$/,
    );
    expect(renderSpend(narrowReport(reportOf([]), "alice"))).toMatch(
      /\nNo purchases of this account, and no other day has books\.$/,
    );
    expect(renderSpend(narrowReport(reportOf([], { days: ["2026-11-20"] }), "alice"))).toMatch(
      /\nNo purchases of this account on this day\. Days with books: 2026-11-20\.$/,
    );
  });

  it("tells neither a budget nor a rest of a past day: budgets are not kept", () => {
    const text = renderSpend(reportOf(ONE_OF_EACH, { today: "2026-11-25" }));
    expect(text).toMatch(/^day {6}2026-11-24 \(UTC\)\ncounted/);
    expect(text).not.toMatch(/^(?:budget|left)/m);
  });

  it("has nothing left, not less, above the budget", () => {
    expect(renderSpend(reportOf(ONE_OF_EACH, { dailyBudgetMicros: 10_000 }))).toMatch(/^left +\$0 until/m);
  });

  it("shows the 20 newest purchases and counts the rest", () => {
    const text = renderSpend(reportOf(Array.from({ length: 23 }, (_, index) => purchase(index))));
    expect(text.match(/set aside, no outcome yet {2}/g)).toHaveLength(20);
    expect(text).toContain("09:22:00");
    expect(text).not.toContain("09:02:00");
    expect(text).toMatch(/\nand 3 older purchases; --json shows all$/);
  });

  it("keeps every target on its line, whatever it holds", () => {
    const lines = (target: string) => renderSpend(reportOf([purchase(1, { target })])).split("\n").length;
    fc.assert(
      fc.property(hostileText, (target) => {
        expect(lines(target)).toBe(lines("acme.example"));
      }),
    );
  });
});

describe("the spend report for a program", () => {
  it("holds everything under stable names", () => {
    expect(toSpendJson(reportOf(ONE_OF_EACH.slice(0, 2), { unreadableLines: 2 }))).toMatchInlineSnapshot(`
      {
        "account": null,
        "accounts": [],
        "charged_usd": 0.02436,
        "counted_usd": 0.27436,
        "daily_budget_usd": 5,
        "day": "2026-11-24",
        "days_with_books": [
          "2026-11-24",
        ],
        "is_today": true,
        "left_usd": 4.72564,
        "may_have_been_charged_usd": 0.25,
        "not_reported_usd": 0,
        "purchases": [
          {
            "account": null,
            "counted_usd": 0.02436,
            "id": "p_0000000000000000000001",
            "kind": "pages",
            "limit": 100,
            "request_id": "r-1",
            "request_key": "0123abcd",
            "reserved_at": "2026-11-24T09:01:00.000Z",
            "reserved_usd": 0.25,
            "settled_at": "2026-11-24T09:01:01.000Z",
            "snapshot_id": "s_7f3k2m",
            "state": "charged",
            "target": "acme.example",
          },
          {
            "account": null,
            "counted_usd": 0.25,
            "id": "p_0000000000000000000002",
            "kind": "pages",
            "limit": 1000,
            "request_id": null,
            "request_key": "0123abcd",
            "reserved_at": "2026-11-24T09:02:00.000Z",
            "reserved_usd": 0.25,
            "settled_at": null,
            "snapshot_id": null,
            "state": "unknown",
            "target": "example.com",
          },
        ],
        "set_aside_usd": 0,
        "targets": [
          {
            "charged_usd": 0,
            "counted_usd": 0.25,
            "may_have_been_charged_usd": 0.25,
            "not_reported_usd": 0,
            "purchases": 1,
            "set_aside_usd": 0,
            "target": "example.com",
          },
          {
            "charged_usd": 0.02436,
            "counted_usd": 0.02436,
            "may_have_been_charged_usd": 0,
            "not_reported_usd": 0,
            "purchases": 1,
            "set_aside_usd": 0,
            "target": "acme.example",
          },
        ],
        "unreadable_lines": 2,
      }
    `);
  });

  it("holds the sums of every account, and who bought what", () => {
    expect(toSpendJson(reportOf(OF_SEVERAL))).toMatchObject({
      account: null,
      daily_budget_usd: 5,
      accounts: [
        {
          account: "token:alice",
          purchases: 3,
          counted_usd: 0.28436,
          charged_usd: 0.03436,
          may_have_been_charged_usd: 0,
          set_aside_usd: 0.25,
          not_reported_usd: 0,
        },
        { account: "oauth:4711", purchases: 1, counted_usd: 0.25, may_have_been_charged_usd: 0.25 },
        { account: null, purchases: 1, counted_usd: 0.02 },
      ],
      purchases: [
        { account: "token:alice" },
        { account: "oauth:4711" },
        { account: "token:alice" },
        { account: null },
        { account: "token:alice" },
      ],
    });
  });

  it("holds one account alone where it is asked for, without the budget and the rest of all", () => {
    const json = toSpendJson(narrowReport(reportOf(OF_SEVERAL), "token:alice"));
    expect(json).toMatchObject({
      account: "token:alice",
      counted_usd: 0.28436,
      accounts: [{ account: "token:alice", purchases: 3 }],
      targets: [{ target: "acme.example", purchases: 3 }],
    });
    for (const key of ["daily_budget_usd", "left_usd"]) expect(json).not.toHaveProperty(key);
    expect(JSON.stringify(json)).not.toContain("oauth:4711");
  });

  it("has no rest without a bound, nor for a past day", () => {
    expect(toSpendJson(reportOf([], { dailyBudgetMicros: null }))).toMatchObject({
      daily_budget_usd: null,
      left_usd: null,
    });
    expect(toSpendJson(reportOf([], { today: "2026-11-25" }))).toMatchObject({ is_today: false, left_usd: null });
  });
});
