import type { ViewHead, ViewRow } from "../../pages/view/view-data.ts";
import { readUrl } from "../../read-url.ts";
import type { State, StateFilter } from "../state/placed-rows.ts";

/** Figures and dates as the reader's place writes them; what is unknown is a dash. */
export interface Words {
  count: (value: number | null) => string;
  range: (range: ViewRow["domains"]) => string;
  /** 0 to 1 */
  share: (value: number | null) => string;
  usd: (value: number) => string;
  /** `2026-01-31` */
  date: (day: string | null) => string;
  /** `2024` or `2024-05` */
  period: (period: string) => string;
  /** `DE`: the country's name, where it is known; other codes as they are. */
  country: (code: string) => string;
  /** ms since the epoch */
  moment: (ms: number | null) => string;
  /** `1 page`, `2,000 pages` */
  counted: (value: number, noun: string) => string;
}

export const UNKNOWN = "–";

/** As the endpoint calls what is of no country. */
const WORLDWIDE = "WW";

/**
 * @param locale BCP 47; undefined or unreadable: the browser's
 * @param timeZone IANA; undefined or unreadable: the browser's
 */
export function createWords(locale: string | undefined, timeZone: string | undefined): Words {
  const [place, zone] = [isReadable({ locale }) ? locale : undefined, isReadable({ timeZone }) ? timeZone : undefined];
  const numbers = new Intl.NumberFormat(place, { maximumFractionDigits: 1 });
  const shares = new Intl.NumberFormat(place, { style: "percent", maximumFractionDigits: 0 });
  const money = new Intl.NumberFormat(place, { style: "currency", currency: "USD", maximumFractionDigits: 6 });
  // A day of a crawl is a day everywhere: it must not slip to the one before.
  const days = new Intl.DateTimeFormat(place, { dateStyle: "medium", timeZone: "UTC" });
  const months = new Intl.DateTimeFormat(place, { year: "numeric", month: "short", timeZone: "UTC" });
  const moments = new Intl.DateTimeFormat(place, { dateStyle: "medium", timeStyle: "short", timeZone: zone });

  const countries = new Intl.DisplayNames(place, { type: "region" });

  const written = (format: Intl.DateTimeFormat, day: string): string => {
    const time = Date.parse(`${day}T00:00:00Z`);
    return Number.isNaN(time) ? day : format.format(time);
  };
  const count = (value: number | null) => (value === null ? UNKNOWN : numbers.format(value));
  return {
    count,
    range: (range) => {
      if (range === null) return UNKNOWN;
      if (range.high === null) return `${count(range.low)}+`;
      return range.low === range.high ? count(range.low) : `${count(range.low)}–${count(range.high)}`;
    },
    share: (value) => (value === null ? UNKNOWN : shares.format(value)),
    usd: (value) => money.format(value),
    date: (day) => (day === null ? UNKNOWN : written(days, day)),
    period: (period) => (period.length === 7 ? written(months, `${period}-01`) : period),
    country: (code) => {
      if (code === WORLDWIDE) return "Worldwide";
      return /^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code;
    },
    moment: (ms) => (ms === null || Number.isNaN(ms) ? "time unknown" : moments.format(ms)),
    counted: (value, noun) => `${count(value)} ${noun}${value === 1 ? "" : "s"}`,
  };
}

function isReadable({ locale, timeZone }: { locale?: string | undefined; timeZone?: string | undefined }): boolean {
  try {
    new Intl.DateTimeFormat(locale, { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** `/ (top-level pages)`: the pages directly under the root of a host, and not its home page alone. */
export const nameSection = (section: string): string =>
  section.endsWith("/") ? `${section} (top-level pages)` : section;

export const STATE_NAMES: Readonly<Record<State | StateFilter, string>> = {
  live: "Live",
  redirect: "Redirect",
  dead: "Dead",
  gone: "Gone",
  refused: "Refused",
  trouble: "Trouble",
  unknown: "Unknown",
};

/** Longer than any address or title that is read rather than copied. */
const MAX_CHARS = 600;

/** A stranger's text as far as anybody reads it; a cut is marked. */
export const shorten = (text: string, maxChars = MAX_CHARS): string =>
  text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;

/** An address as it is read in a list about one target: without the scheme, and without the host where that is the target. */
export function toShownUrl(url: string, target: string): string {
  const bare = url.replace(/^https?:\/\//i, "");
  const path = bare.startsWith(`${target}/`) ? bare.slice(target.length) : bare;
  return shorten(path === "" ? url : path);
}

/** An address that may be opened: http or https, nothing else; null for all others. */
export function toSafeUrl(text: string): string | null {
  const url = /^https?:\/\//i.test(text) ? readUrl(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.href : null;
}

/** Where a snapshot is from, as loud as it has to be said. */
export const SOURCES: Readonly<Record<ViewHead["source"], string>> = {
  sandbox: "SANDBOX: generated data, nothing here is about a real site",
  aisa: "Live data",
  import: "Imported file",
};
