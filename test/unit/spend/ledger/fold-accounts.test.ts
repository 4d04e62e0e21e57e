import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addLine, createFold, type Fold, purchasesOf, toDayBook } from "../../../../src/spend/ledger/day-fold.ts";
import { encodeRecord } from "../../../../src/spend/ledger/records.ts";
import { FACTS } from "../../../support/ledger-facts.ts";

const idOf = (name: string) => `p_${name.padEnd(22, "0")}`;

interface Bounds {
  all?: number | null;
  own?: number | null;
}

/** @param name its first letter is the purchase, the rest is its account: `1ann` */
function reserve(name: string, micros: number, { all = 100, own = 50 }: Bounds = {}): string {
  const account = name.slice(1);
  const facts = { ...FACTS, micros, budgetMicros: all };
  return encodeRecord({
    type: "reserve",
    id: idOf(name),
    at: 1,
    ...facts,
    ...(account !== "" && { account: { name: account, budgetMicros: own } }),
  });
}

const charged = (name: string, micros: number) =>
  encodeRecord({ type: "settle", id: idOf(name), at: 2, outcome: "charged", micros });

const settle = (name: string, outcome: "not_charged" | "not_reported" | "unknown") =>
  encodeRecord({ type: "settle", id: idOf(name), at: 2, outcome });

function foldOf(text: string): Fold {
  const fold = createFold();
  for (const line of text.split("\n")) addLine(fold, line);
  return fold;
}

/** What may be spent, `1ann:60` each; then what counts, of all and by account. */
function tell(fold: Fold): string {
  const granted = [...fold.purchases.values()].filter(({ id }) => !fold.refused.has(id));
  const sums = [...fold.accountMicros].map(([name, micros]) => `${name} ${micros}`);
  const bought = granted.map(({ id, countedMicros }) => `${id.slice(2).replace(/0+$/, "")}:${countedMicros}`);
  return `${bought.join(" ")} | ${[`all ${fold.countedMicros}`, ...sums].join(", ")}`;
}

const CASES: readonly [what: string, records: string[], told: string][] = [
  ["what fits both budgets", [reserve("1ann", 50), reserve("2bob", 50)], "1ann:50 2bob:50 | all 100, ann 50, bob 50"],
  ["what fits its account but not all", [reserve("1ann", 50, { all: 49 })], " | all 0"],
  [
    "what fits all but not its account, and so counts until it is taken back",
    [reserve("1ann", 40), reserve("2ann", 11)],
    "1ann:40 | all 51, ann 40",
  ],
  [
    "what was taken back: nothing",
    [reserve("1ann", 40), reserve("2ann", 11), settle("2ann", "not_charged"), reserve("3ann", 10)],
    "1ann:40 3ann:10 | all 50, ann 50",
  ],
  [
    "what was taken back once: an id that comes again is none",
    [reserve("1ann", 51), settle("1ann", "not_charged"), reserve("1ann", 10)],
    " | all 0",
  ],
  [
    "the same two in the other order",
    [reserve("2ann", 11), reserve("1ann", 40), reserve("3ann", 39)],
    "2ann:11 3ann:39 | all 90, ann 50",
  ],
  [
    "accounts apart: the one's end is not the other's",
    [reserve("1ann", 50), reserve("2ann", 1), settle("2ann", "not_charged"), reserve("3bob", 50)],
    "1ann:50 3bob:50 | all 100, ann 50, bob 50",
  ],
  [
    "names that differ by one letter apart",
    [reserve("1ann", 40), reserve("2Ann", 40), reserve("3__proto__", 20)],
    "1ann:40 2Ann:40 3__proto__:20 | all 100, ann 40, Ann 40, __proto__ 20",
  ],
  [
    "an account without a budget of its own within that of all",
    [reserve("1ann", 90, { own: null }), reserve("2ann", 11, { own: null })],
    "1ann:90 | all 90, ann 90",
  ],
  [
    "an account with a budget of its own where all have none",
    [reserve("1ann", 50, { all: null }), reserve("2", 900, { all: null }), reserve("3ann", 1, { all: null })],
    "1ann:50 2:900 | all 951, ann 50",
  ],
  ["whoever has no account beside the others", [reserve("1", 60), reserve("2ann", 41)], "1:60 | all 60"],
  [
    "every writer by its own idea of the account's budget",
    [reserve("1ann", 50), reserve("2ann", 10, { own: 60 })],
    "1ann:50 2ann:10 | all 60, ann 60",
  ],
  [
    "a charge below in both sums",
    [reserve("1ann", 50), charged("1ann", 20), reserve("2ann", 30)],
    "1ann:20 2ann:30 | all 50, ann 50",
  ],
  [
    "a charge above in both sums",
    [reserve("1ann", 40), charged("1ann", 70), reserve("2ann", 1), settle("2ann", "not_charged"), reserve("3bob", 30)],
    "1ann:70 3bob:30 | all 100, ann 70, bob 30",
  ],
  [
    "what was not charged in neither sum",
    [reserve("1ann", 50), settle("1ann", "not_charged"), reserve("2ann", 50)],
    "1ann:0 2ann:50 | all 50, ann 50",
  ],
  [
    "what nobody knows or said in both",
    [reserve("1ann", 20), settle("1ann", "unknown"), reserve("2ann", 30), settle("2ann", "not_reported")],
    "1ann:20 2ann:30 | all 50, ann 50",
  ],
  [
    "the first settlement only",
    [reserve("1ann", 20), settle("1ann", "unknown"), settle("1ann", "not_charged"), charged("1ann", 90)],
    "1ann:20 | all 20, ann 20",
  ],
];

describe("the fold of records with accounts", () => {
  it.each(CASES)("counts %s", (_, records, told) => {
    expect(tell(foldOf(records.join("")))).toBe(told);
  });

  it("tells whose a purchase is, and leaves the name out where nobody was told apart", () => {
    const { purchases } = toDayBook("2026-11-24", foldOf(reserve("1alice", 10) + reserve("2", 10)));
    expect(purchases[0]).toMatchObject({ account: "alice" });
    expect(purchases[1]).not.toHaveProperty("account");
  });

  it("shows what could not be taken back as money set aside, so that the book adds up", () => {
    const fold = foldOf(reserve("1ann", 40) + reserve("2ann", 11));
    const { purchases, countedMicros } = toDayBook("2026-11-24", fold);
    expect(purchases.map(({ state, countedMicros: micros }) => [state, micros])).toEqual([
      ["open", 40],
      ["open", 11],
    ]);
    expect(countedMicros).toBe(51);
    expect(purchasesOf(fold, "ann").map(({ countedMicros: micros }) => micros)).toEqual([40]);
  });

  it("shows nothing of what was taken back", () => {
    const fold = foldOf(reserve("1ann", 51) + settle("1ann", "not_charged"));
    expect(toDayBook("2026-11-24", fold)).toMatchObject({ purchases: [], countedMicros: 0, unreadableLines: 0 });
  });
});

type Step =
  | { do: "reserve"; account: string; micros: number; all: number | null; own: number | null }
  | { do: "settle"; of: number; outcome: "not_charged" | "not_reported" | "unknown" }
  | { do: "charge"; of: number; micros: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("reserve" as const),
      account: fc.constantFrom("", "ann", "bob", "cy"),
      micros: fc.nat(60),
      all: fc.constantFrom(100, 100, 130, null),
      own: fc.constantFrom(50, 50, 70, null),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      of: fc.nat(40),
      outcome: fc.constantFrom("not_charged" as const, "not_reported" as const, "unknown" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("charge" as const), of: fc.nat(40), micros: fc.nat(90) }) },
);

/** The rules again, as plainly as they can be written: everything is added up anew for every record. */
class Oracle {
  readonly entries: { id: string; account: string; reserved: number; counted: number; open: boolean; ok: boolean }[] =
    [];

  sum(account?: string): number {
    const counted = this.entries.filter((each) => account === undefined || (each.ok && each.account === account));
    return counted.reduce((total, each) => total + each.counted, 0);
  }

  play(each: Step, index: number): void {
    if (each.do === "reserve") {
      const { account, micros } = each;
      if (this.sum() + micros > (each.all ?? Number.POSITIVE_INFINITY)) return;
      const own = account === "" ? null : each.own;
      const ok = this.sum(account) + micros <= (own ?? Number.POSITIVE_INFINITY);
      this.entries.push({ id: idOf(`n${index}`), account, reserved: micros, counted: micros, open: true, ok });
      return;
    }
    const entry = this.entries.find(({ id, open }) => open && id === idOf(`n${each.of}`));
    if (entry === undefined) return;
    entry.open = false;
    if (each.do === "charge") entry.counted = each.micros;
    else if (each.outcome === "not_charged") entry.counted = 0;
  }
}

function toRecord(each: Step, index: number): string {
  if (each.do === "settle") return settle(`n${each.of}`, each.outcome);
  if (each.do === "charge") return charged(`n${each.of}`, each.micros);
  const { account, micros, all, own } = each;
  const facts = { ...FACTS, micros, budgetMicros: all };
  return encodeRecord({
    type: "reserve",
    id: idOf(`n${index}`),
    at: 1,
    ...facts,
    ...(account !== "" && { account: { name: account, budgetMicros: own } }),
  });
}

/** The record as a version without accounts reads it. */
function forget(record: string): string {
  const { account: _, ...rest } = JSON.parse(record) as Record<string, unknown>;
  return JSON.stringify(rest);
}

describe("the fold of any records with accounts", () => {
  const steps = fc.array(step, { maxLength: 40 });

  it("agrees with the rules written plainly, after every line", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const [fold, oracle] = [createFold(), new Oracle()];
        for (const [index, each] of all.entries()) {
          addLine(fold, toRecord(each, index).trim());
          oracle.play(each, index);
          expect(fold.countedMicros).toBe(oracle.sum());
          for (const name of ["ann", "bob", "cy"]) expect(fold.accountMicros.get(name) ?? 0).toBe(oracle.sum(name));
        }
        const granted = [...fold.purchases.keys()].filter((id) => !fold.refused.has(id));
        expect(granted).toEqual(oracle.entries.filter(({ ok }) => ok).map(({ id }) => id));
        expect(fold.unreadableLines).toBe(0);
      }),
      { numRuns: 500, endOnFailure: true },
    );
  });

  it("counts for all what a version without accounts counts, after every line", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const [ours, theirs] = [createFold(), createFold()];
        for (const [index, each] of all.entries()) {
          const record = toRecord(each, index).trim();
          addLine(ours, record);
          addLine(theirs, forget(record));
          expect(ours.countedMicros).toBe(theirs.countedMicros);
          // What may be spent here is money that the other knows of.
          for (const id of ours.purchases.keys()) expect(theirs.purchases.has(id)).toBe(true);
        }
      }),
      { endOnFailure: true },
    );
  });

  it("passes no budget by granting, and never counts below 0", () => {
    const unbound = Number.POSITIVE_INFINITY;
    fc.assert(
      fc.property(steps, (all) => {
        const fold = createFold();
        for (const [index, each] of all.entries()) {
          const id = idOf(`n${index}`);
          addLine(fold, toRecord(each, index).trim());
          const sums = [fold.countedMicros, ...fold.accountMicros.values()];
          expect(Math.min(...sums)).toBeGreaterThanOrEqual(0);
          if (each.do !== "reserve" || !fold.purchases.has(id) || fold.refused.has(id)) continue;
          expect(fold.countedMicros).toBeLessThanOrEqual(each.all ?? unbound);
          const own = each.account === "" ? null : each.own;
          expect(fold.accountMicros.get(each.account) ?? 0).toBeLessThanOrEqual(own ?? unbound);
        }
      }),
      { endOnFailure: true },
    );
  });
});
