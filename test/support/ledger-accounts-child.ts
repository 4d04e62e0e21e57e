import { createInterface } from "node:readline/promises";
import { AppError } from "../../src/errors.ts";
import { createFileLines } from "../../src/spend/ledger/file-ledger.ts";
import { createLedgerOverLines } from "../../src/spend/ledger/ledger-over-lines.ts";
import { FACTS } from "./ledger-facts.ts";

// Usage: node --import tsx ledger-accounts-child.ts <folder> <budget of all> <max> <settle | hold> <name>:<budget>…
// Waits for a line, then buys for all accounts at once, over the same lines, until each is refused; `settle` has three
// of four purchases charged at half of what was set aside and the fourth not charged. One JSON line per reservation,
// and one per account for its refusal.

const [folder = "", budget, max, mode, ...accounts] = process.argv.slice(2);
const lines = createFileLines(folder);
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

tell({ ready: true });
await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next();

async function buyFor(name: string, ownBudget: number): Promise<void> {
  const ledger = createLedgerOverLines(lines, {
    dailyBudgetMicros: Number(budget),
    account: { name, dailyBudgetMicros: ownBudget },
    now: () => Date.UTC(2026, 10, 24, 12),
  });
  try {
    for (let turn = 0; ; turn++) {
      const reservation = await ledger.reserve(FACTS, Number(max));
      tell({ account: name, id: reservation.id, micros: reservation.micros });
      if (mode !== "settle") continue;
      const micros = Math.ceil(reservation.micros / 2);
      await ledger.settle(reservation, turn % 4 === 3 ? { outcome: "not_charged" } : { outcome: "charged", micros });
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    tell({ account: name, kind: error.kind, message: error.message, charge: error.facts.charge });
  }
}

await Promise.all(
  accounts.map((account) => {
    const [name = "", ownBudget] = account.split(":");
    return buyFor(name, Number(ownBudget));
  }),
);
process.stdin.destroy();
