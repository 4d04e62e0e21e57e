import type { Ledger } from "../spend/ledger/ledger.ts";
import { toUsd } from "../spend/micros.ts";

/** What a purchase came to, as the books have it. */
export interface Charged {
  usd: number;
  /** Reported by the gateway; or what was set aside, since nobody knows whether or how much was charged. */
  how: "reported" | "unsure";
}

/** Tells of every purchase that cost something, or may have. */
export function watchLedger(ledger: Ledger, onCharged: (charged: Charged) => void): Ledger {
  return {
    ...ledger,
    settle: async (reservation, settlement) => {
      if (settlement.outcome === "charged") onCharged({ usd: toUsd(settlement.micros), how: "reported" });
      else if (settlement.outcome !== "not_charged") onCharged({ usd: toUsd(reservation.micros), how: "unsure" });
      await ledger.settle(reservation, settlement);
    },
  };
}
