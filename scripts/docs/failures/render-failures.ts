import { fence } from "../markdown.ts";
import type { Failure, FailureGroup } from "./failure.ts";
import { playFailure } from "./play-failure.ts";

/** What a text says about money, in a word; the texts have one sentence for each. */
const CHARGES: readonly (readonly [RegExp, string])[] = [
  [/It may have been charged\./, "perhaps; nobody here can know"],
  [/This call was charged|count it as charged/, "yes"],
  [/Not charged\./, "no"],
];

/** Sentences that say nothing of money belong to calls that never got that far. */
const NOTHING_SENT = "no, nothing was sent";

export async function renderFailures({ title, intro, failures }: FailureGroup): Promise<string> {
  const entries: string[] = [];
  for (const failure of failures) entries.push(await renderFailure(failure));
  return [`## ${title}`, ...(intro === undefined ? [] : [intro]), ...entries].join("\n\n");
}

async function renderFailure({ title, cause, means, cure }: Failure): Promise<string> {
  const text = await playFailure(cause);
  const facts = [
    `- **Means**: ${means}`,
    // An answer, or a line of the log, is no failed call.
    ...(cause.lines === undefined ? [`- **Charged**: ${readCharge(text)}`] : []),
    `- **Do**: ${cure}`,
  ];
  return [`### ${title}`, fence("text", text), facts.join("\n")].join("\n\n");
}

const readCharge = (text: string): string => CHARGES.find(([says]) => says.test(text))?.[1] ?? NOTHING_SENT;
