import type { DayBook } from "./ledger.ts";

/**
 * What one account bought; `countedMicros` is of it alone, damaged lines are told as they are.
 * @param name left out, what was bought for no account
 */
export function toAccountBook(book: DayBook, name: string | undefined): DayBook {
  const purchases = book.purchases.filter(({ account }) => account === name);
  return { ...book, purchases, countedMicros: purchases.reduce((sum, { countedMicros }) => sum + countedMicros, 0) };
}
