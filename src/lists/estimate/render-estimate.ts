import { toCall, wordCall } from "../calls.ts";
import { describeOrigin } from "../find-snapshot.ts";
import { describeSource } from "../header.ts";
import type { SnapshotInfo } from "../snapshot.ts";
import { countOf, formatAge, formatCount, formatMinute, formatUsd, toSafeJson } from "../text.ts";
import type { Estimate, KeptTwin, Limits } from "./estimate-list.ts";

/** The estimate as text, one fact a line. */
export function renderEstimateText(estimate: Estimate): string {
  const { request, limits, notes, price } = estimate;
  return [
    ...describeSource(estimate.source),
    `estimate for ${request.target}${price.kind === "bought" ? "" : "; nothing was bought"}`,
    `request ${toSafeJson(request)}`,
    `price: ${describePrice(estimate)}`,
    // What was bought by mistake is named with the price.
    ...(price.kind === "bought" ? [] : [`kept: ${describeKept(estimate)}`]),
    ...describeAlsoKept(estimate),
    ...(estimate.source === "sandbox" ? [] : [`budget: ${describeBudget(limits)}`]),
    `expect: ${describeExpected(estimate)}`,
    ...[...notes, ...(price.kind === "bought" ? price.notes : [])].map((note) => `note: ${note}`),
    ...describeNext(estimate),
  ].join("\n");
}

function describePrice({ price, limits, kept }: Estimate): string {
  if (price.kind === "bought") return `the call was carried out; its answer is kept as snapshot ${price.snapshotId}`;
  if (price.kind === "none") {
    if (kept?.isFresh === true) return `$0: ${price.why}`;
    return `no quote: ${price.why}; at most ${formatUsd(limits.perCallUsd)}, the cap per call`;
  }
  const ceiling = price.usd > 0 ? ", a ceiling: the charge may be lower" : "";
  const bound = price.mayExceed ? " (it may come out higher)" : ceiling;
  const quoted = `${formatUsd(price.usd)} as quoted by the gateway${bound}`;
  return [quoted, ...describeObstacles(price.usd, limits)].join("; ");
}

/** What stands between this price and a purchase. */
function describeObstacles(usd: number, { perCallUsd, leftUsd, askAboveUsd }: Limits): string[] {
  return [
    ...(usd > perCallUsd ? [`above the cap of ${formatUsd(perCallUsd)}, so it would be refused`] : []),
    ...(leftUsd !== null && usd > leftUsd ? ["more than is left of today's budget, so it would be refused"] : []),
    ...(askAboveUsd !== null && usd > askAboveUsd ? [`above ${formatUsd(askAboveUsd)}, so a person has to agree`] : []),
  ];
}

function describeKept({ of: { words }, kept, limits }: Estimate): string {
  if (kept === null) return "no answer to this request";
  const items =
    kept.sliceOf === null
      ? countOf(kept.itemCount, words.counted)
      : `${formatCount(kept.itemCount)} of its ${countOf(kept.sliceOf, words.counted)}`;
  const broken = kept.isBrokenOff ? ", all that came whole of a reply that broke off" : "";
  const what = `snapshot ${kept.snapshotId} of ${formatMinute(kept.fetchedAt)}, ${formatAge(kept.ageMs)} old, ${items}${broken}`;
  if (kept.isFresh) {
    return `${what}: it answers this request for free until ${formatMinute(kept.fetchedAt + limits.freshMs)}`;
  }
  return `${what}: too old to be used (fresh for ${formatAge(limits.freshMs)})`;
}

/** How many of the others are named. */
const MAX_NAMED = 3;

function describeAlsoKept({ of: { words }, alsoKept }: Estimate): string[] {
  if (alsoKept.length === 0) return [];
  const named = alsoKept.slice(0, MAX_NAMED).map((info) => `${info.id} (${describeOrigin(info, words)})`);
  const rest = alsoKept.length - named.length;
  return [
    `also kept of this target, for free questions: ${named.join("; ")}${rest > 0 ? `; ${formatCount(rest)} more` : ""}`,
  ];
}

function describeBudget({ leftUsd, dailyUsd, perCallUsd }: Limits): string {
  const day =
    leftUsd === null || dailyUsd === null
      ? "no bound per day"
      : `${formatUsd(leftUsd)} of ${formatUsd(dailyUsd)} left today (UTC)`;
  return `${day}; at most ${formatUsd(perCallUsd)} per call`;
}

function describeExpected({ of: { words }, itemsAtMost, itemsTotal, answerTokens }: Estimate): string {
  const total = itemsTotal === null ? "" : ` of ${formatCount(itemsTotal)} in all`;
  return `up to ${countOf(itemsAtMost, words.counted)}${total}, an answer of about ${formatCount(roundTokens(answerTokens))} tokens`;
}

/** It is a rough figure; it should not look like a measured one. */
const roundTokens = (tokens: number): number => Math.round(tokens / 50) * 50;

function describeNext({ of: { calls }, request, source, kept, alsoKept, price, surface }: Estimate): string[] {
  const isFree = source === "sandbox" || kept?.isFresh === true || price.kind === "bought";
  const asked = kept === null && alsoKept.some(({ itemCount }) => itemCount > 0);
  return [
    ...(asked ? [`next, free: ${wordCall("query", toSafeJson({ target: request.target }), surface, calls)}`] : []),
    `next, ${isFree ? "free" : "paid"}: ${toCall(request, surface, calls)}`,
  ];
}

/** The estimate as data: the same facts as the text. */
export function renderEstimateStructured(estimate: Estimate): Record<string, unknown> {
  const { request, source, price, kept, limits, notes } = estimate;
  const allNotes = [...notes, ...(price.kind === "bought" ? price.notes : [])];
  return {
    target: request.target,
    source,
    request,
    price: toPriceFacts(estimate),
    ...(price.kind !== "bought" && { kept: kept === null ? null : toKeptFacts(kept, limits) }),
    ...(estimate.alsoKept.length > 0 && { also_kept: estimate.alsoKept.slice(0, MAX_NAMED).map(toInfoFacts) }),
    ...(estimate.alsoKept.length > MAX_NAMED && { also_kept_more: estimate.alsoKept.length - MAX_NAMED }),
    ...(source === "aisa" && {
      budget: { left_usd: limits.leftUsd, daily_usd: limits.dailyUsd, per_call_usd: limits.perCallUsd },
    }),
    urls_at_most: estimate.itemsAtMost,
    urls_total: estimate.itemsTotal,
    answer_tokens: roundTokens(estimate.answerTokens),
    ...(allNotes.length > 0 && { notes: allNotes }),
    next: describeNext(estimate),
  };
}

function toPriceFacts({ price, limits, kept }: Estimate): Record<string, unknown> {
  if (price.kind === "bought") return { bought_snapshot_id: price.snapshotId };
  if (price.kind === "none") {
    return { no_quote: price.why, at_most_usd: kept?.isFresh === true ? 0 : limits.perCallUsd };
  }
  const obstacles = describeObstacles(price.usd, limits);
  return {
    quoted_usd: price.usd,
    ...(price.mayExceed ? { may_exceed: true } : price.usd > 0 && { is_ceiling: true }),
    ...(obstacles.length > 0 && { obstacles }),
  };
}

function toKeptFacts(kept: KeptTwin, { freshMs }: Limits) {
  const { snapshotId, fetchedAt, ageMs, itemCount, sliceOf, isBrokenOff, isFresh } = kept;
  return {
    snapshot_id: snapshotId,
    fetched_at: new Date(fetchedAt).toISOString(),
    age: formatAge(ageMs),
    urls: itemCount,
    ...(sliceOf !== null && { of_its_urls: sliceOf }),
    ...(isBrokenOff && { broken_off: true }),
    fresh: isFresh,
    ...(isFresh && { free_until: new Date(fetchedAt + freshMs).toISOString() }),
  };
}

function toInfoFacts({
  id,
  source,
  fetchedAt,
  itemCount,
  totalCount,
  isBrokenOff,
}: SnapshotInfo): Record<string, unknown> {
  return {
    snapshot_id: id,
    ...(source === "import" && { imported: true }),
    fetched_at: fetchedAt === null ? null : new Date(fetchedAt).toISOString(),
    urls: itemCount,
    urls_total: totalCount,
    ...(isBrokenOff === true && { broken_off: true }),
  };
}
