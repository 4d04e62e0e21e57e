import { createInterface } from "node:readline/promises";
import { AppError } from "../../src/errors.ts";
import { createFileLedger } from "../../src/spend/ledger/file-ledger.ts";
import { FACTS } from "./ledger-facts.ts";

// Usage: node --import tsx ledger-child.ts <folder> <budget> <max> <settle | hold> [unprivileged]
// Waits for a line, then sets aside up to `max` again and again until the ledger refuses; `settle` has three of four
// purchases charged at half of what was set aside and the fourth not charged. One JSON line per reservation, and one
// for the refusal. `unprivileged` makes root nobody once everything is loaded: started as nobody, it could not even run
// where Node or the checkout lies in root's home.

const [folder = "", budget, max, mode, rights] = process.argv.slice(2);
const ledger = createFileLedger({ folder, dailyBudgetMicros: Number(budget), now: () => Date.UTC(2026, 10, 24, 12) });
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

tell({ ready: true });
await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next();
if (rights === "unprivileged" && process.getuid?.() === 0) {
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}
try {
  for (let turn = 0; ; turn++) {
    const reservation = await ledger.reserve(FACTS, Number(max));
    tell({ id: reservation.id, micros: reservation.micros });
    if (mode !== "settle") continue;
    const micros = Math.ceil(reservation.micros / 2);
    await ledger.settle(reservation, turn % 4 === 3 ? { outcome: "not_charged" } : { outcome: "charged", micros });
  }
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  tell({ kind: error.kind, message: error.message, ...error.facts, cause: undefined });
}
process.stdin.destroy();
