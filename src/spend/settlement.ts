import { AppError } from "../errors.ts";
import type { Fetched } from "../pages/endpoint.ts";
import type { Settlement } from "./ledger/ledger.ts";
import { toMicros } from "./micros.ts";

/** How a purchase that brought an answer ended. A charge that nobody reported is not the same as none. */
export function settlementOf({ charge, requestId }: Fetched, snapshotId: string): Settlement {
  const facts = { snapshotId, ...(requestId !== undefined && { requestId }) };
  if (charge.kind === "reported") return { outcome: "charged", micros: toMicros(charge.usd), ...facts };
  return { outcome: "not_reported", ...facts };
}

/** How a purchase that failed ended, as far as the failure tells; a defect of ours tells nothing. */
export function settlementOfFailure(error: unknown): Settlement {
  if (!(error instanceof AppError)) return { outcome: "unknown" };
  const { charge, chargedUsd, requestId } = error.facts;
  const facts = { ...(requestId !== undefined && { requestId }) };
  if (charge === "not_charged") return { outcome: "not_charged", ...facts };
  if (charge !== "charged") return { outcome: "unknown", ...facts };
  if (chargedUsd === undefined) return { outcome: "not_reported", ...facts };
  return { outcome: "charged", micros: toMicros(chargedUsd), ...facts };
}
