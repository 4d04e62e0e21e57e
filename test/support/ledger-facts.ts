import type { PurchaseFacts } from "../../src/spend/ledger/ledger.ts";

/** A purchase like any other. */
export const FACTS: PurchaseFacts = { kind: "pages", target: "acme.example", requestKey: "0123abcd", limit: 100 };
