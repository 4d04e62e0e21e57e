import { AppError } from "../errors.ts";
import { parseTime } from "../lists/filters/filter.ts";
import { parseTarget } from "../lists/target.ts";
import { otherTargetOf } from "./asked-for.ts";
import { REQUEST_FIELDS } from "./body.ts";
import type { KeptReply } from "./kept-reply.ts";
import { parseRequest } from "./parse-request.ts";
import { type PagesRequest, toRequestKey } from "./request.ts";
import { createSnapshot, type EndpointAnswer, type Snapshot } from "./snapshot.ts";

const DAY_MS = 86_400_000;

/**
 * Makes a snapshot of a saved answer. The request and the time are read from the answer itself, as far as it
 * tells them.
 * @param known what is known beside it, of a reply that was kept here
 * @throws {AppError} `input` when the answer does not even name its target
 */
export function importAnswer(answer: EndpointAnswer, known?: Pick<KeptReply, "request" | "at">): Snapshot {
  const request = answer.echo === null && known !== undefined ? known.request : readRequest(answer);
  return createSnapshot(answer, {
    source: "import",
    request,
    requestKey: toRequestKey(request, "import"),
    fetchedAt: readTime(answer) ?? known?.at ?? null,
    charge: { kind: "none" },
  });
}

/**
 * The echoed request, or as much of it as we understand: an odd echo must not keep the data out. A result that names
 * another domain than the echo is of that one.
 */
export function readRequest(answer: EndpointAnswer): PagesRequest {
  const request = readEcho(answer);
  const other = otherTargetOf({ ...answer, items: null }, request.target);
  return other === undefined ? request : { ...request, target: other };
}

function readEcho({ echo, target, items }: EndpointAnswer): PagesRequest {
  const told = typeof echo === "object" && echo !== null ? Object.entries(echo) : [];
  const fields = Object.fromEntries(told.filter(([name]) => REQUEST_FIELDS.some((field) => field === name)));
  try {
    return parseRequest(
      { ...fields, target: fields["target"] ?? target ?? domainOf(items) },
      { allowUnknownFields: true, mapBareNames: true },
    ).request;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  try {
    return { target: parseTarget(target ?? fields["target"] ?? domainOf(items)).target };
  } catch {
    throw new AppError("input", "The saved answer does not name its target.", {
      advice: "Import the whole answer as it came, with tasks[0].data or tasks[0].result[0].target.",
    });
  }
}

/** The domain that all items are of: what is left of the target in an answer without a frame. */
function domainOf(items: unknown): unknown {
  const told = Array.isArray(items) ? items.map((item) => (item as { main_domain?: unknown } | null)?.main_domain) : [];
  const domains = new Set(told.filter((domain) => typeof domain === "string"));
  return domains.size === 1 ? [...domains][0] : undefined;
}

/**
 * The upstream's task ids begin with month, day, hour and minute (UTC, as observed). The year is the first that
 * does not lie before the newest date in the answer.
 */
function readTime({ taskId, version, items }: EndpointAnswer): number | null {
  const match = /^(\d{2})(\d{2})(\d{2})(\d{2})-/.exec(taskId ?? "");
  const newest = crawlTimes(items).reduce((latest, time) => Math.max(latest, time), releaseDate(version));
  if (match === null || newest === Number.NEGATIVE_INFINITY) return null;
  const [month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59) return null;
  const inYear = (year: number) => Date.UTC(year, month - 1, day, hour, minute);
  const year = new Date(newest).getUTCFullYear();
  return inYear(year) >= newest - DAY_MS ? inYear(year) : inYear(year + 1);
}

function crawlTimes(items: unknown): number[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) => {
    const time: unknown = (item as { fetch_time?: unknown } | null)?.fetch_time;
    const epochMs = typeof time === "string" ? parseTime(time) : undefined;
    return epochMs === undefined ? [] : [epochMs];
  });
}

/** `0.1.20260610` → 10 June 2026. */
function releaseDate(version: string | null): number {
  const match = /\.(\d{4})(\d{2})(\d{2})$/.exec(version ?? "");
  return match === null ? Number.NEGATIVE_INFINITY : Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
}
