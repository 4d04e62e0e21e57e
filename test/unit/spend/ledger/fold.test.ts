import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addLine, createFold, type Fold, sumPurchases, toDayBook } from "../../../../src/spend/ledger/day-fold.ts";
import { isDay, toDay } from "../../../../src/spend/ledger/ledger.ts";
import { encodeRecord } from "../../../../src/spend/ledger/records.ts";
import { FACTS } from "../../../support/ledger-facts.ts";

const idOf = (name: string) => `p_${name.padEnd(22, "0")}`;

const reserve = (name: string, micros: number, budgetMicros: number | null = 100) =>
  encodeRecord({ type: "reserve", id: idOf(name), at: 1, ...FACTS, micros, budgetMicros });

const charged = (name: string, micros: number) =>
  encodeRecord({ type: "settle", id: idOf(name), at: 2, outcome: "charged", micros });

const settle = (name: string, outcome: "not_charged" | "not_reported" | "unknown") =>
  encodeRecord({ type: "settle", id: idOf(name), at: 2, outcome });

function foldOf(text: string): Fold {
  const fold = createFold();
  for (const line of text.split("\n")) addLine(fold, line);
  return fold;
}

/** `a:open:60` for every purchase that counts. */
const tell = ({ purchases }: Fold) =>
  [...purchases.values()].map(({ id, state, countedMicros }) => `${id.charAt(2)}:${state}:${countedMicros}`);

const CASES: readonly [what: string, records: string[], purchases: string[], counted: number][] = [
  ["nothing", [], [], 0],
  ["what fits", [reserve("a", 60), reserve("b", 40)], ["a:open:60", "b:open:40"], 100],
  [
    "not what does not fit, and the next that does",
    [reserve("a", 60), reserve("b", 41), reserve("c", 40)],
    ["a:open:60", "c:open:40"],
    100,
  ],
  [
    "the charge instead of what was set aside",
    [reserve("a", 60), charged("a", 25), reserve("b", 75)],
    ["a:charged:25", "b:open:75"],
    100,
  ],
  ["a charge above what was set aside", [reserve("a", 60), charged("a", 250), reserve("b", 1)], ["a:charged:250"], 250],
  [
    "nothing for what was not charged",
    [reserve("a", 60), settle("a", "not_charged"), reserve("b", 100)],
    ["a:not_charged:0", "b:open:100"],
    100,
  ],
  [
    "all that was set aside where nobody knows",
    [reserve("a", 60), settle("a", "unknown"), reserve("b", 41)],
    ["a:unknown:60"],
    60,
  ],
  [
    "all that was set aside where nobody said",
    [reserve("a", 60), settle("a", "not_reported"), reserve("b", 41)],
    ["a:not_reported:60"],
    60,
  ],
  [
    "the first settlement only",
    [reserve("a", 60), settle("a", "unknown"), settle("a", "not_charged")],
    ["a:unknown:60"],
    60,
  ],
  ["no settlement of an unknown purchase", [charged("x", 60), reserve("a", 100)], ["a:open:100"], 100],
  ["no settlement before its reservation", [settle("a", "not_charged"), reserve("a", 60)], ["a:open:60"], 60],
  ["no settlement of a refused reservation", [reserve("a", 60), reserve("b", 60), charged("b", 60)], ["a:open:60"], 60],
  [
    "every writer by its own budget",
    [reserve("a", 60, 60), reserve("b", 1, 60), reserve("c", 10, 70)],
    ["a:open:60", "c:open:10"],
    70,
  ],
  [
    "everything where the writer has no bound",
    [reserve("a", 60), reserve("b", 900, null), reserve("c", 1)],
    ["a:open:60", "b:open:900"],
    960,
  ],
  ["an id once", [reserve("a", 60), settle("a", "not_charged"), reserve("a", 60)], ["a:not_charged:0"], 0],
  ["a refused id never", [reserve("a", 101), reserve("a", 60)], [], 0],
  ["what follows a torn record", [reserve("a", 60).slice(0, 50), reserve("b", 40)], ["b:open:40"], 40],
  ["a record that lacks only its line end", [reserve("a", 60).slice(0, -1), reserve("b", 41)], ["a:open:60"], 60],
];

describe("the fold of a day's records", () => {
  it.each(CASES)("counts %s", (_, records, purchases, counted) => {
    const fold = foldOf(records.join(""));
    expect(tell(fold)).toEqual(purchases);
    expect(fold.countedMicros).toBe(counted);
  });

  it("keeps what the settlement tells", () => {
    const text = encodeRecord({
      type: "settle",
      id: idOf("a"),
      at: 7,
      outcome: "charged",
      micros: 5,
      snapshotId: "s_1",
      requestId: "r-1",
    });
    expect(toDayBook("2026-11-24", foldOf(reserve("a", 60) + text)).purchases).toEqual([
      {
        ...FACTS,
        id: idOf("a"),
        reservedAt: 1,
        reservedMicros: 60,
        state: "charged",
        settledAt: 7,
        countedMicros: 5,
        snapshotId: "s_1",
        requestId: "r-1",
      },
    ]);
  });

  it("gives copies away", () => {
    const fold = foldOf(reserve("a", 60));
    const [copy] = toDayBook("2026-11-24", fold).purchases;
    Object.assign(copy ?? {}, { countedMicros: 0 });
    expect(toDayBook("2026-11-24", fold).purchases[0]).toMatchObject({ countedMicros: 60 });
  });
});

type Noise = { do: "again" | "tear"; of: number } | { do: "garbage"; text: string };
type Step =
  | { do: "reserve"; micros: number; budget: number | null }
  | { do: "settle"; of: number; outcome: "not_charged" | "not_reported" | "unknown" }
  | { do: "charge"; of: number; micros: number }
  | Noise;

const amount = fc.nat(120);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("reserve"), micros: amount, budget: fc.constantFrom(100, 100, 150, null) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("settle"),
      of: fc.nat(40),
      outcome: fc.constantFrom("not_charged", "not_reported", "unknown"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("charge"), of: fc.nat(40), micros: amount }) },
  fc.record({ do: fc.constantFrom("again", "tear"), of: fc.nat(40) }),
  fc.record({ do: fc.constant("garbage"), text: fc.oneof(fc.string({ unit: "binary" }), fc.json()) }),
) as fc.Arbitrary<Step>;

/** The rules again, as plainly as they can be written: everything is added up anew for every record. */
class Oracle {
  readonly books: { id: string; reserved: number; counted: number; isOpen: boolean }[] = [];

  get counted(): number {
    return this.books.reduce((sum, { counted }) => sum + counted, 0);
  }

  reserve(id: string, micros: number, budget: number | null): void {
    if (this.counted + micros <= (budget ?? Number.POSITIVE_INFINITY)) {
      this.books.push({ id, reserved: micros, counted: micros, isOpen: true });
    }
  }

  settle(id: string, count: (reserved: number) => number): void {
    const entry = this.books.find((each) => each.id === id && each.isOpen);
    if (entry !== undefined) Object.assign(entry, { isOpen: false, counted: count(entry.reserved) });
  }
}

/** A file that the steps write, and what the oracle made of them. */
interface Played {
  text: string;
  oracle: Oracle;
  reserves: string[];
  unreadable: number;
}

const isNoise = (each: Step): each is Noise => ["again", "tear", "garbage"].includes(each.do);

function play(steps: readonly Step[]): Played {
  const played: Played = { text: "", oracle: new Oracle(), reserves: [], unreadable: 0 };
  for (const [index, each] of steps.entries()) {
    if (isNoise(each)) playNoise(each, played);
    else playMoney(each, `n${index}`, played);
  }
  return played;
}

function playMoney(each: Exclude<Step, Noise>, name: string, played: Played): void {
  if (each.do === "reserve") {
    const record = reserve(name, each.micros, each.budget);
    played.reserves.push(record);
    played.text += record;
    played.oracle.reserve(idOf(name), each.micros, each.budget);
  } else if (each.do === "settle") {
    played.text += settle(`n${each.of}`, each.outcome);
    played.oracle.settle(idOf(`n${each.of}`), (reserved) => (each.outcome === "not_charged" ? 0 : reserved));
  } else {
    played.text += charged(`n${each.of}`, each.micros);
    played.oracle.settle(idOf(`n${each.of}`), () => each.micros);
  }
}

/** What leaves the books as they are. */
function playNoise(each: Noise, played: Played): void {
  if (each.do === "tear") {
    played.text += reserve("torn", 1).slice(0, 2 + each.of);
    played.unreadable++;
  } else if (each.do === "garbage") {
    const line = each.text.replaceAll("\n", "");
    played.text += `\n${line}\n`;
    if (line.trim() !== "") played.unreadable++;
  } else {
    const record = played.reserves[each.of % Math.max(1, played.reserves.length)];
    played.text += record ?? "";
    if (record !== undefined) played.unreadable++;
  }
}

describe("the fold of any file", () => {
  const steps = fc.array(step, { maxLength: 40 });

  it("agrees with the rules written plainly", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { text, oracle, unreadable } = play(all);
        const fold = foldOf(text);
        expect([...fold.purchases.values()].map(({ id, countedMicros }) => [id, countedMicros])).toEqual(
          oracle.books.map(({ id, counted }) => [id, counted]),
        );
        expect(fold.countedMicros).toBe(oracle.counted);
        expect(fold.unreadableLines).toBe(unreadable);
      }),
      { numRuns: 500 },
    );
  });

  it("never goes above the budget while charges stay within what was set aside, nor below 0", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const within = all.filter((each) => each.do !== "charge" && !(each.do === "reserve" && each.budget !== 100));
        const fold = createFold();
        for (const line of play(within).text.split("\n")) {
          addLine(fold, line);
          expect(fold.countedMicros).toBeGreaterThanOrEqual(0);
          expect(fold.countedMicros).toBeLessThanOrEqual(100);
        }
      }),
    );
  });

  it("adds up to the sums that are shown", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const fold = foldOf(play(all).text);
        const { countedMicros, ...kinds } = sumPurchases(fold.purchases.values());
        expect(countedMicros).toBe(fold.countedMicros);
        expect(Object.values(kinds).reduce((sum, each) => sum + each, 0)).toBe(countedMicros);
      }),
    );
  });
});

describe("days", () => {
  it("begin and end at 00:00 UTC", () => {
    expect(toDay(Date.UTC(2026, 10, 24))).toBe("2026-11-24");
    expect(toDay(Date.UTC(2026, 10, 25) - 1)).toBe("2026-11-24");
  });

  it.each(["2026-11-24", "2024-02-29", "1970-01-01"])("%s is one", (text) => {
    expect(isDay(text)).toBe(true);
  });

  it.each(["", "today", "2026-02-29", "2026-13-01", "2026-1-1", "2026-11-24T00:00", "../../../../etc", "2026-11-24\n"])(
    "%j is none",
    (text) => {
      expect(isDay(text)).toBe(false);
    },
  );
});
