import { createHash } from "node:crypto";
import type { Snapshot, SnapshotInfo } from "../lists/snapshot.ts";

/** What the name of a snapshot's file tells, so that looking one up and making room need no reading. */
export interface SnapshotName {
  file: string;
  requestKey: string;
  /** `fetchedAt`, ms since the epoch; 0 where nobody knows it. */
  time: number;
  id: string;
}

const KEY = /^[0-9a-f]{32}$/;
const ID = /^s_[0-9a-z]{8}$/;

/** Nine digits in base 36 last until the year 5188; padded, so that names of one key sort by time. */
const TIME_DIGITS = 9;
const LAST_TIME = 36 ** TIME_DIGITS - 1;

/**
 * `<request key>.<time in base 36>.<id>.snap`. Another format of the content gets another ending, so that two versions
 * of this program can share a folder.
 */
const NAME = new RegExp(`^([0-9a-f]{32})\\.([0-9a-z]{${TIME_DIGITS}})\\.(s_[0-9a-z]{8})\\.snap$`);

const GONE = ".gone";

const UNFINISHED = /\.snap(?:\.gone)?\.\d{1,10}$/;

export const isRequestKey = (text: string): boolean => KEY.test(text);

export const isSnapshotId = (text: string): boolean => ID.test(text);

/** @returns undefined for a snapshot whose key, time or id cannot be told by a name */
export function toSnapshotFile(snapshot: Pick<Snapshot, "id" | "requestKey" | "fetchedAt">): string | undefined {
  const time = Math.min(Math.max(Math.floor(timeOf(snapshot)), 0), LAST_TIME);
  const file = `${snapshot.requestKey}.${time.toString(36).padStart(TIME_DIGITS, "0")}.${snapshot.id}.snap`;
  return NAME.test(file) ? file : undefined;
}

/** @returns undefined for a file that is none of ours */
export function parseSnapshotFile(file: string): SnapshotName | undefined {
  const [, requestKey, time, id] = NAME.exec(file) ?? [];
  if (requestKey === undefined || time === undefined || id === undefined) return undefined;
  return { file, requestKey, time: Number.parseInt(time, 36), id };
}

/** The file that stays behind when a snapshot's file is removed: its header alone. */
export const toGoneFile = (file: string): string => `${file}${GONE}`;

/**
 * Reads the name of what a removed snapshot left behind.
 * @returns its own name and what it tells of the snapshot; undefined for any other file
 */
export function parseGoneFile(file: string): SnapshotName | undefined {
  const name = file.endsWith(GONE) ? parseSnapshotFile(file.slice(0, -GONE.length)) : undefined;
  return name && { ...name, file };
}

/** What a writer that was killed leaves behind (see `toUnfinished`). */
export function isUnfinished(file: string): boolean {
  if (!UNFINISHED.test(file)) return false;
  const finished = file.replace(/\.\d+$/, "");
  return (parseSnapshotFile(finished) ?? parseGoneFile(finished)) !== undefined;
}

/** Names that every file system takes as they are, and that no other name is turned into. */
const PLAIN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/**
 * The folder of a tenant, whatever it is called: its name where that is plain, else `~` and a hash of it. Two tenants
 * never share one, and no name leads out of the folder around it.
 */
export function toTenantFolder(tenant: string): string {
  if (PLAIN.test(tenant)) return tenant;
  return `~${createHash("sha256").update(tenant).digest("hex").slice(0, 40)}`;
}

/** A snapshot without its pages. */
export function toSnapshotInfo(snapshot: Snapshot): SnapshotInfo {
  const { id, endpoint, source, request, requestKey, fetchedAt, charge, totalCount, items, isBrokenOff } = snapshot;
  const info = { id, endpoint, source, request, requestKey, fetchedAt, charge, totalCount, itemCount: items.length };
  return isBrokenOff === true ? { ...info, isBrokenOff } : info;
}

/** For `filter`: those of a target; all without one. */
export const ofTarget =
  (target: string | undefined) =>
  ({ request }: Pick<SnapshotInfo, "request">): boolean =>
    target === undefined || request.target === target;

/** Where a snapshot stands among others, ms since the epoch; one whose time nobody knows counts as the oldest. */
export const timeOf = ({ fetchedAt }: Pick<Snapshot, "fetchedAt">): number => fetchedAt ?? 0;

/** For `sort`: the newest first; among equals the order stays. */
export const newestFirst = (a: Pick<Snapshot, "fetchedAt">, b: Pick<Snapshot, "fetchedAt">): number =>
  timeOf(b) - timeOf(a);
