import type { Bill } from "../../../src/sandbox/gateway.ts";
import type { Purchase } from "../../../src/spend/ledger/ledger.ts";
import type { LedgerReading } from "./read-ledger.ts";

export interface MoneyEvidence {
  /** What the gateway billed. */
  bills: readonly Bill[];
  /** What we wrote down. */
  ledger: LedgerReading;
  /** Left out where a bill may lie above its cap. */
  budgetMicros?: number;
}

/** `p_….2` is the second key of the purchase `p_…`. */
export const purchaseIdOf = ({ idempotencyKey }: Bill): string | undefined =>
  /^(p_[\w-]{22})(?:\.\d+)?$/.exec(idempotencyKey ?? "")?.[1];

/**
 * Holds the gateway's books against ours.
 * @returns one sentence per thing that must never be; empty when all is well
 */
export function checkMoney({ bills, ledger, budgetMicros }: MoneyEvidence): string[] {
  const billOf = new Map(bills.map((bill) => [purchaseIdOf(bill), bill]));
  const purchaseOf = new Map(ledger.purchases.map((purchase) => [purchase.id, purchase]));
  return [
    ...checkTwice(bills),
    ...bills.flatMap((bill) => checkBill(bill, purchaseOf.get(purchaseIdOf(bill) ?? ""))),
    ...ledger.purchases.flatMap((purchase) => checkPurchase(purchase, billOf.get(purchase.id))),
    ...(budgetMicros === undefined ? [] : checkBudget(bills, ledger, budgetMicros)),
    ...(ledger.unreadableLines > 0 ? [`${ledger.unreadableLines} lines of the ledger cannot be read`] : []),
  ];
}

function checkTwice(bills: readonly Bill[]): string[] {
  const seen = new Set<string>();
  return bills.flatMap((bill) => {
    const id = purchaseIdOf(bill);
    if (id === undefined) return [`${describe(bill)} has no purchase's id for its key`];
    if (seen.has(id)) return [`${id} was billed twice`];
    seen.add(id);
    return [];
  });
}

function checkBill(bill: Bill, purchase: Purchase | undefined): string[] {
  if (purchase === undefined) return [`${describe(bill)} is of a purchase that the ledger does not know`];
  const { id, state, countedMicros, target } = purchase;
  if (target !== bill.target) return [`${id} is for ${target} in the ledger and was billed for ${bill.target}`];
  if (state === "not_charged") return [`${id} was billed ${bill.micros} and is not charged in the ledger`];
  if (state === "charged" && countedMicros !== bill.micros) {
    return [`${id} was billed ${bill.micros} and is charged ${countedMicros} in the ledger`];
  }
  if (countedMicros < bill.micros) return [`${id} was billed ${bill.micros} and counts ${countedMicros} in the ledger`];
  return [];
}

/** What is charged with 0 was answered for free. */
function checkPurchase({ id, state, countedMicros }: Purchase, bill: Bill | undefined): string[] {
  if (state !== "charged" || bill !== undefined || countedMicros === 0) return [];
  return [`${id} is charged ${countedMicros} in the ledger and was never billed`];
}

function checkBudget(bills: readonly Bill[], { countedMicrosByDay }: LedgerReading, budgetMicros: number): string[] {
  const days = Object.entries(countedMicrosByDay);
  const billed = bills.reduce((sum, { micros }) => sum + micros, 0);
  return [
    ...days.flatMap(([day, counted]) =>
      counted > budgetMicros ? [`${counted} counts against the budget of ${budgetMicros} on ${day}`] : [],
    ),
    ...(billed > budgetMicros * Math.max(1, days.length) ? [`${billed} was billed, above ${budgetMicros} a day`] : []),
  ];
}

const describe = ({ idempotencyKey, target, micros, requestId }: Bill): string =>
  `the bill ${requestId} (key ${idempotencyKey}, ${target}, ${micros})`;
