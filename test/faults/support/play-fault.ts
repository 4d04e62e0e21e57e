import type { FaultRequest } from "../../../src/sandbox/faults/faults.ts";
import { FAULTS } from "../../../src/sandbox/faults/faults.ts";
import type { Bill } from "../../../src/sandbox/gateway.ts";
import type { Purchase } from "../../../src/spend/ledger/ledger.ts";
import type { ConnectedClient, ToolAnswer } from "../../support/clients.ts";
import { exchangeRaw, type RawReply } from "../../support/raw-exchange.ts";
import { purchaseIdOf } from "./check-money.ts";
import { type Asked, keyOf, toBody } from "./requests.ts";
import { whenSettled } from "./settled.ts";
import { KEY, type Setup } from "./setup.ts";

/** One fault, played against the product. */
export interface FaultCase {
  /** What the case is called in the table. */
  title: string;
  fault: FaultRequest;
  /** How often it waits in the queue: more often than a call is tried makes the call give up. */
  times: number;
  tool: "get_domain_pages" | "estimate_domain_pages";
}

/** What came of it, from all sides. */
export interface Played extends FaultCase {
  asked: Asked;
  answer: ToolAnswer;
  text: string;
  tookMs: number;
  /** What the gateway billed for it. */
  bills: Bill[];
  /** What our ledger says of it. */
  purchases: Purchase[];
  problems: string[];
  /** The call after it, of another request, which nothing was done to. */
  next: ToolAnswer;
}

/** More than a call is tried, so that the product itself has to give up. */
const OFTEN = 12;

export const once = (fault: FaultRequest, tool: FaultCase["tool"] = "get_domain_pages"): FaultCase => ({
  title: titleOf(fault),
  fault,
  times: 1,
  tool,
});

export const often = (fault: FaultRequest): FaultCase => ({
  ...once(fault),
  title: `${titleOf(fault)}, again and again`,
  times: OFTEN,
});

function titleOf(fault: FaultRequest): string {
  if (typeof fault === "string") return fault;
  const { name, ...settings } = fault;
  return [name, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)].join(";");
}

/** Plays one case, then lets a good call through: whatever went wrong, the server goes on. */
export async function playFault(
  faultCase: FaultCase,
  { asked, nextAsked }: { asked: Asked; nextAsked: Asked },
  { sandbox, baseUrl, folder }: Setup,
  client: ConnectedClient,
): Promise<Played> {
  const { fault, times, tool } = faultCase;
  sandbox.faults.add(...Array.from({ length: times }, () => fault));
  const startedAt = Date.now();
  const answer = await client.call(tool, asked);
  const tookMs = Date.now() - startedAt;
  sandbox.faults.clear();
  const { ledger, problems } = await whenSettled(folder);
  const requestKey = keyOf(asked, baseUrl);
  const purchases = ledger.purchases.filter((purchase) => purchase.requestKey === requestKey);
  const ids = new Set(purchases.map(({ id }) => id));
  const bills = sandbox.books.read().bills.filter((bill) => ids.has(purchaseIdOf(bill) ?? ""));
  const next = await client.call("get_domain_pages", nextAsked);
  const text = answer.content.map((part) => part.text ?? "").join("\n");
  return { ...faultCase, asked, answer, text, tookMs, bills, purchases, problems, next };
}

/** The reply as it comes over the socket when the fault hits: what the product had to go by. */
export function seeReply({ fault, tool, asked }: Played, { baseUrl }: Setup): Promise<RawReply> {
  const { name, ...settings } = typeof fault === "string" ? { name: fault } : fault;
  const all = Object.entries({ ...FAULTS[name]?.settings, ...settings });
  const header = [name, ...all.map(([key, value]) => `${key}=${Math.min(value, 20)}`)].join(";");
  return exchangeRaw(
    `${baseUrl}/dataforseo/backlinks/domain_pages/live`,
    {
      authorization: `Bearer ${KEY}`,
      "x-sandbox-fault": header,
      ...(tool === "estimate_domain_pages" && { "x-aisa-cost-mode": "quote" }),
    },
    JSON.stringify(toBody(asked)),
  );
}
