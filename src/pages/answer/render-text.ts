import { countOf, formatCount, formatMinute, formatUsd } from "../text.ts";
import type { Answer } from "./answer.ts";
import type { Bound, Coverage } from "./coverage.ts";
import { toCsvLine } from "./csv.ts";
import type { Evidence, Finding } from "./findings.ts";
import type { Range } from "./fold.ts";

/** The answer as text: header, coverage, one CSV line per row, findings, next calls. Ends without a newline. */
export function renderText(answer: Answer): string {
  const blocks = [renderHeader(answer), renderTable(answer), renderFindings(answer), renderNext(answer)];
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** The lines above the table: what was asked, what came, what it cost, and how much of the whole it is. */
export function renderHeader(answer: Answer): string {
  const lines = [
    ...(answer.source === "sandbox"
      ? ["SANDBOX: generated data on reserved names, nothing here is about a real site"]
      : []),
    `${answer.target}: ${describeSize(answer)}; ${describeView(answer)}`,
    ...describeFilters(answer),
    `snapshot ${answer.snapshotId} ${describeOrigin(answer)}`,
    ...(answer.pagesFetched > 0 ? [`coverage: ${describeCoverage(answer)}`] : []),
    ...answer.notes.map((note) => `note: ${note}`),
  ];
  return lines.join("\n");
}

function describeSize({ pagesFetched, pagesTotal, folds, rowsLeftOut }: Answer): string {
  if (pagesFetched === 0) {
    return pagesTotal === null || pagesTotal === 0
      ? "no pages found"
      : `no pages here, of ${formatCount(pagesTotal)} in all`;
  }
  const total = pagesTotal === null ? "an unknown number of" : formatCount(pagesTotal);
  const folded = folds < pagesFetched ? `, ${formatCount(folds)} after folding` : "";
  const shown = rowsLeftOut > 0 ? `, ${formatCount(folds - rowsLeftOut)} shown` : "";
  return `${formatCount(pagesFetched)} of ${total} page${pagesTotal === 1 ? "" : "s"} fetched${folded}${shown}`;
}

function describeView(answer: Answer): string {
  const order =
    answer.orderBy.length === 0 ? "by rank" : `by ${answer.orderBy.map((rule) => rule.replace(",", " ")).join(", ")}`;
  const parts = [
    answer.rankScale === "one_hundred" ? `${order} (rank 0-100)` : order,
    ...(answer.coverage.pagesSkipped > 0 ? [`from offset ${formatCount(answer.coverage.pagesSkipped)}`] : []),
    `${answer.statusType} backlinks, subdomains ${answer.includeSubdomains ? "included" : "left out"}`,
    ...(answer.excludeInternal ? [] : ["internal links counted"]),
  ];
  return parts.join("; ");
}

function describeFilters({ filters, backlinksFilters }: Answer): string[] {
  const parts = [
    ...(filters === null ? [] : [`filters ${JSON.stringify(filters)}`]),
    ...(backlinksFilters === null ? [] : [`backlinks_filters ${JSON.stringify(backlinksFilters)}`]),
  ];
  return parts.length === 0 ? [] : [parts.join("; ")];
}

function describeOrigin({ source, fetchedAt, charge, upstreamCostUsd }: Answer): string {
  const when = fetchedAt === null ? "of unknown time" : `of ${formatMinute(fetchedAt)}`;
  const cost = upstreamCostUsd === null ? [] : [`upstream cost ${formatUsd(upstreamCostUsd)}`];
  if (source === "import") return [`${when}, imported`, ...cost].join("; ");
  if (source === "sandbox") return `${when}; free`;
  return [when, describeCharge(charge), ...cost].join("; ");
}

function describeCharge(charge: Answer["charge"]): string {
  if (charge.kind === "reported") return `charged ${formatUsd(charge.usd)}`;
  return "charge not reported by the gateway (not the same as free)";
}

function describeCoverage({ coverage, backlinksShown, rowsLeftOut }: Answer): string {
  const fetched = coverage.backlinksFetched;
  const held =
    rowsLeftOut === 0 || backlinksShown === fetched
      ? `the rows hold all ${formatCount(fetched)} backlinks fetched`
      : `the rows hold ${formatCount(backlinksShown)} of ${formatCount(fetched)} backlinks fetched (${Math.floor((100 * backlinksShown) / fetched)}%), ${countOf(rowsLeftOut, "more row")} left out`;
  const unknown =
    coverage.pagesWithoutCount === 0 ? "" : ` (${countOf(coverage.pagesWithoutCount, "page")} without a count)`;
  return [held + unknown, ...describeNotFetched(coverage)].join("; ");
}

function describeNotFetched({ pagesNotFetched, pagesSkipped, bound }: Coverage): string[] {
  if (pagesNotFetched === 0) return [];
  if (pagesNotFetched === null) {
    const unknown = "how many pages are not fetched is not known";
    return [bound === null ? unknown : `${unknown}; those after these ${describeBound(bound, 2)}`];
  }
  // The skipped pages were not fetched either, and no bound holds for them.
  const pages = `the ${countOf(pagesNotFetched, "page")} ${pagesSkipped === 0 ? "not fetched" : "after these"}`;
  return [bound === null ? pages : `${pages} ${describeBound(bound, pagesNotFetched)}`];
}

function describeBound({ field, side, value, byDefaultOrder }: Bound, pages: number): string {
  const name = field.replace(/^page_summary\./, "").replaceAll("_", " ");
  return `${pages === 1 ? "has" : "have"} ${name} ${side} ${formatCount(value)}${byDefaultOrder ? " (default order)" : ""}`;
}

function renderTable({ columns, rows }: Answer): string {
  if (rows.length === 0) return "";
  return [columns.join(","), ...rows.map((row) => toCsvLine(columns, row))].join("\n");
}

/** The block of findings; empty when there are none. */
export function renderFindings({ findings }: Answer): string {
  if (findings.length === 0) return "";
  return ["findings", ...findings.map((finding) => `- ${describeFinding(finding)}`)].join("\n");
}

/** `rule: 3 pages, 1,410 backlinks; p2 1,070 from 38 domains; …` */
function describeFinding({ rule, pages, backlinks, top }: Finding): string {
  const rest = pages - top.length;
  return [
    `${rule}: ${countOf(pages, "page")}, ${countOf(backlinks, "backlink")}`,
    ...top.map(describeEvidence),
    ...(rest > 0 ? [`${formatCount(rest)} more`] : []),
  ].join("; ");
}

function describeEvidence({ handle, url, backlinks, referringDomains }: Evidence): string {
  const from =
    referringDomains === null
      ? ""
      : ` from ${formatRange(referringDomains)} domain${referringDomains.high === 1 ? "" : "s"}`;
  return `${handle}${url === null ? "" : ` ${JSON.stringify(url)}`} ${formatCount(backlinks)}${from}`;
}

const formatRange = ({ low, high }: Range): string =>
  low === high ? formatCount(low) : `${formatCount(low)}-${formatCount(high)}`;

/** The calls that make sense next, one a line; empty when there are none. */
export function renderNext({ next }: Answer): string {
  return next.map(({ cost, call, gain }) => `next, ${cost}: ${call} (${gain})`).join("\n");
}
