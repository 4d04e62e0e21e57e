import { FAULTS } from "../../../src/sandbox/faults/faults.ts";
import type { Played } from "./play-fault.ts";

/** What a text says about money. */
export type Said = "charged" | "charge not reported" | "may have been charged" | "not charged" | "nothing";

export function saidAboutMoney(text: string): Said[] {
  const said: [Said, RegExp][] = [
    ["charged", /(?<!\bNot )\bcharged \$|\bwas charged\b|count it as charged/],
    ["charge not reported", /charge not reported/],
    ["may have been charged", /It may have been charged\./],
    ["not charged", /Not charged\./],
  ];
  return said.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
}

/** One case as a reviewer reads it: who billed, what the books say, and the words. */
export function describeVerdict({ title, fault, tool, text, bills, purchases, answer }: Played): string {
  const { fate = "" } = FAULTS[typeof fault === "string" ? fault : fault.name] ?? {};
  const billed = bills.map(({ micros }) => `billed ${micros}`).join(", ") || "not billed";
  const booked = purchases.map(({ state, countedMicros }) => `${state} ${countedMicros}`).join(", ") || "nothing";
  const outcome = answer.isError === true ? "failed" : "answered";
  const lines = normalise(text).split("\n");
  const shown = outcome === "failed" || tool === "estimate_domain_pages" ? lines : lines.filter(isAboutMoney);
  return [
    `${title} (${fate})`,
    `  gateway: ${billed}; ledger: ${booked}; ${outcome}`,
    ...shown.map((line) => `  | ${line}`),
  ].join("\n");
}

/** The rest of an answer is the business of other tests. */
const isAboutMoney = (line: string): boolean => /^(?:snapshot|note:) /.test(line);

/** Leaves out what differs from run to run; so does the number of tries, since the waits between them are random. */
function normalise(text: string): string {
  return text
    .replace(/s_[0-9a-z]{8}/g, "s_…")
    .replace(/\bu_[0-9a-z]{8}/g, "u_…")
    .replace(/sandbox-\d+/g, "sandbox-…")
    .replace(/11010000-[0-9a-f]{4}-0270-0000-[0-9a-f]{12}/g, "11010000-…")
    .replace(/\d{4}-\d{2}-\d{2}( \d{2}:\d{2} UTC)?/g, "<time>")
    .replace(/\$[\d.]+(?= (?:of \$[\d.,]+ )?left )/g, "<left>")
    .replace(/tried \d+ times within \d+ s\)/g, "tried <n> times within <seconds> s)")
    .replace(/Wait at least \d+ s/g, "Wait at least <seconds> s");
}
