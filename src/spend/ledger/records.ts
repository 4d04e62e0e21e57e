import { z } from "zod";
import { toOneLine } from "../../lists/text.ts";
import { isAccountName } from "./ledger.ts";

/** The most that one record may hold, a million dollars: sums of thousands of records stay exact. */
export const MAX_MICROS = 1_000_000_000_000;

/** Far beyond what we write; a longer line is no record of ours. */
const MAX_LINE_CHARS = 10_000;

/** The last ms that a `Date` can hold. */
const MAX_EPOCH_MS = 8_640_000_000_000_000;

/** Cleaned when read too: an edited file must not put escapes or extra lines on a terminal. */
const text = z.string().transform((value) => toOneLine(value, 300));
const micros = z.int().min(0).max(MAX_MICROS);
/** Of the process that wrote this, null for no bound: what decides whether the record counts. */
const budgetMicros = z.int().min(0).nullable();
const facts = {
  type: z.literal("settle"),
  id: z.string(),
  at: z.int().min(0).max(MAX_EPOCH_MS),
  requestId: text.exactOptional(),
};

const ReserveSchema = z.object({
  type: z.literal("reserve"),
  id: z.string().regex(/^p_[\w-]{22}$/),
  at: facts.at,
  /** A list, or its price; lists have been called pages since there were no others. */
  kind: z.enum(["pages", "quote"]),
  target: text,
  requestKey: text,
  limit: z.int().min(0),
  /** Versions before these pass over them. */
  endpoint: text.exactOptional(),
  gateway: text.exactOptional(),
  consent: text.exactOptional(),
  /** What is to be set aside. */
  micros,
  /** The budget of all. */
  budgetMicros,
  /** For whom, and the budget of its own. Versions before accounts pass over it. */
  account: z.object({ name: z.string().refine(isAccountName), budgetMicros }).exactOptional(),
});

const SettleSchema = z.discriminatedUnion("outcome", [
  z.object({ ...facts, outcome: z.literal("charged"), micros, snapshotId: text.exactOptional() }),
  z.object({ ...facts, outcome: z.literal("not_reported"), snapshotId: text.exactOptional() }),
  z.object({ ...facts, outcome: z.literal("not_charged") }),
  z.object({ ...facts, outcome: z.literal("unknown") }),
]);

const RecordSchema = z.discriminatedUnion("type", [ReserveSchema, SettleSchema]);

export type ReserveRecord = z.output<typeof ReserveSchema>;
export type SettleRecord = z.output<typeof SettleSchema>;
export type LedgerRecord = ReserveRecord | SettleRecord;

/**
 * One record as it is appended. The line break before it ends a line that a killed writer left torn; the one after it
 * tells a reader that the record is all there.
 * @throws {RangeError} for a record that could not be read back: it would count nothing
 */
export function encodeRecord(record: LedgerRecord): string {
  // What is written is what parsing made of it: a request id of any length fits a line.
  const { data } = RecordSchema.safeParse(record);
  if (data === undefined) throw new RangeError("not a ledger record");
  return `\n${JSON.stringify(data)}\n`;
}

/** @returns undefined for everything that is no record of ours: torn, damaged, edited, or of a later version */
export function parseRecord(line: string): LedgerRecord | undefined {
  if (line.length > MAX_LINE_CHARS) return undefined;
  const json = readJson(line);
  // Money set aside counts for all, even where a later version says more of its account than we understand.
  return RecordSchema.safeParse(json).data ?? RecordSchema.safeParse(withoutAccount(json)).data;
}

function withoutAccount(json: unknown): unknown {
  if (typeof json !== "object" || json === null || !("account" in json)) return undefined;
  const { account: _, ...rest } = json;
  return rest;
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
