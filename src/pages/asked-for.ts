import { Refusal } from "../lists/arguments.ts";
import { parseTarget, registrableDomain } from "../lists/target.ts";
import { quoteForMessage } from "../lists/text.ts";
import { asksForLinkers, LINKERS_UNNAMED } from "./catalogue.ts";
import type { EndpointAnswer } from "./snapshot.ts";

/** Refuses an argument that asks who links. @returns undefined for any other name */
export const refuseLinkers = (written: string): Refusal | undefined =>
  asksForLinkers(written)
    ? new Refusal(
        quoteForMessage(written),
        `unknown argument; ${LINKERS_UNNAMED}`,
        "ask which pages earn links instead",
      )
    : undefined;

/** The answers of one reply, parted by whether they can be what was asked for. */
export interface PartedAnswers {
  /** The first that is of the target; undefined where none is. */
  asked: EndpointAnswer | undefined;
  /** All others, in their order. */
  unasked: EndpointAnswer[];
}

/** Finds the answer to a question among all that a reply held. */
export function partAnswers(target: string, answers: readonly EndpointAnswer[]): PartedAnswers {
  const asked = answers.find((answer) => otherTargetOf(answer, target) === undefined);
  return { asked, unasked: answers.filter((answer) => answer !== asked) };
}

/**
 * The domain that an answer is of, where that is not the one that was asked about: a mixed-up cache or proxy. Judged by
 * what the answer names and by where its pages lie, whatever the spelling; a subdomain is no other domain.
 * @returns undefined for an answer of the target, and for one that tells nothing
 */
export function otherTargetOf({ target, echo, items }: EndpointAnswer, asked: string): string | undefined {
  const own = registrableDomain(asked);
  const echoed = typeof echo === "object" && echo !== null ? (echo as { target?: unknown }).target : undefined;
  const named = [target, echoed].map(toHost).filter((host) => host !== undefined);
  const strange = named.find((host) => registrableDomain(host) !== own);
  if (strange !== undefined) return strange;
  const hosts = Array.isArray(items) ? items.map(hostOf).filter((host) => host !== undefined) : [];
  return hosts.some((host) => registrableDomain(host) === own) ? undefined : hosts[0];
}

const hostOf = (item: unknown): string | undefined => toHost((item as { page?: unknown } | null)?.page);

/** @returns undefined for what names no domain */
function toHost(written: unknown): string | undefined {
  if (typeof written !== "string" || written === "") return undefined;
  try {
    return parseTarget(written).target;
  } catch {
    return undefined;
  }
}
