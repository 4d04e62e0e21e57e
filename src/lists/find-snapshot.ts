import { distance } from "fastest-levenshtein";
import { AppError } from "../errors.ts";
import { got, Refusal, toInputError } from "./arguments.ts";
import type { Surface } from "./calls.ts";
import { toCall } from "./calls.ts";
import type { Endpoint } from "./endpoint.ts";
import { fullestFirst, withBeside } from "./held.ts";
import { toRequestBody } from "./request.ts";
import { ageOf, type ReadSnapshots, type Snapshot, type SnapshotInfo } from "./snapshot.ts";
import { parseTarget, registrableDomain } from "./target.ts";
import { countOf, formatCount, formatMinute, formatUsd, quoteForMessage, toOneLine } from "./text.ts";

/** Which snapshot is meant: by its id, or the fullest fresh one of a target (a domain, in any spelling that a request takes). */
export interface SnapshotRef {
  snapshotId?: string;
  target?: string;
}

/** How the caller's arguments are called, and where the calls that an error names are made. */
export interface AskedAs {
  /** What stands before `snapshot_id` and `target` in the caller's arguments. @default "" */
  prefix?: string;
  /** @default "mcp" */
  surface?: Surface;
  /** Told in one sentence which one a target stood for, where others of it are kept too. Must not throw. */
  onChoice?: (note: string) => void;
  /** The target of the other one of two: where nothing is named, the lists of it are. */
  beside?: string;
}

/**
 * With an id and a target, the id decides; the target must then be its own.
 * @throws {AppError} `input` when there is no such snapshot, with those that there are and the call that brings it back
 */
export type FindSnapshot<S extends Snapshot = Snapshot> = (ref: SnapshotRef, asked?: AskedAs) => Promise<S>;

export interface FindSnapshotDeps<S extends Snapshot> {
  /** The endpoints whose snapshots are meant; a failure is told in the words of the first. */
  endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Refuses a snapshot of another endpoint, which may stand under the id that was asked for. */
  as: (snapshot: Snapshot) => S;
  snapshots: ReadSnapshots;
  /** How long a snapshot is fresh after it was fetched, ms. */
  freshMs: number;
  now: () => number;
  /** Whom snapshots of the source `aisa` are bought of. @default "aisa" */
  gateway?: string;
}

/** How many of the newest snapshots an error looks through for those to name: to tell of all takes seconds. */
const MAX_KNOWN = 500;

/** How many kept snapshots an error names. */
const MAX_NAMED = 5;

const MAX_TARGET_CHARS = 80;

export function createFindSnapshot<S extends Snapshot>(deps: FindSnapshotDeps<S>): FindSnapshot<S> {
  const { endpoints, as, snapshots, freshMs, gateway = "aisa" } = deps;
  const find = createFindAlone(deps);
  return async (...asked) => {
    const snapshot = as(await find(...asked));
    const endpoint = endpoints.find(({ name }) => name === snapshot.endpoint) ?? endpoints[0];
    return withBeside(snapshot, { endpoint, snapshots, freshMs, gateway });
  };
}

function createFindAlone(deps: FindSnapshotDeps<Snapshot>): FindSnapshot {
  const { snapshots, endpoints } = deps;
  const [{ words, calls }] = endpoints;
  return async (ref, { prefix = "", surface = "mcp", onChoice, beside } = {}) => {
    const names = { id: `${prefix}snapshot_id`, target: `${prefix}target` };
    const id = ref.snapshotId?.trim() || undefined;
    const target = ref.target === undefined ? undefined : readTarget(ref.target, names.target);
    const situation = { target, surface, words, calls };
    if (id !== undefined) return findById(id, situation, names, snapshots);
    if (target !== undefined) {
      const found = await findFullest(target, deps);
      if (found === undefined) throw await refuseTarget(target, situation, names, snapshots);
      if (found.others.length > 0) onChoice?.(wordChoice(found, words));
      return found.snapshot;
    }
    const known = await listKnown(snapshots, beside);
    const example = exampleOfTwo(known, beside);
    throw refuse(names.id, `is required, or ${names.target}${example}`, known, situation);
  };
}

/** Two lists of one target, the older first; nothing where there are none. */
function exampleOfTwo(known: readonly SnapshotInfo[], target: string | undefined): string {
  const [newer, older] = known.filter(({ request }) => request.target === target);
  if (newer === undefined || older === undefined) return "";
  return `; for example ${JSON.stringify({ snapshot_id: older.id, other_snapshot_id: newer.id })}`;
}

interface Situation extends Pick<Endpoint, "words" | "calls"> {
  target: string | undefined;
  surface: Surface;
}

/** What the two arguments are called. */
interface Names {
  id: string;
  target: string;
}

async function findById(id: string, situation: Situation, names: Names, snapshots: ReadSnapshots): Promise<Snapshot> {
  const { target } = situation;
  const snapshot = await snapshots.get(id);
  if (snapshot === undefined) {
    const gone = await snapshots.gone(id);
    if (gone !== undefined) throw refuseGone(gone, names.id, situation);
    throw refuseUnknown(id, names.id, await listKnown(snapshots, target), situation);
  }
  if (target === undefined || snapshot.request.target === target) return snapshot;
  throw toInputError([new Refusal(names.target, describeOther(snapshot, target), `leave ${names.target} out`)]);
}

interface Found {
  snapshot: Snapshot;
  isFresh: boolean;
  /** What else is kept of the target, the newest first. */
  others: SnapshotInfo[];
}

/**
 * The fullest of those that are fresh; where none is, the newest. One without items, such as of a filter that nothing
 * met, has nothing that could be asked: it comes last.
 */
async function findFullest(
  target: string,
  { endpoints, snapshots, freshMs, now }: FindSnapshotDeps<Snapshot>,
): Promise<Found | undefined> {
  const isMeant = (info: SnapshotInfo) => endpoints.some(({ name }) => name === info.endpoint);
  const own = sortForTarget((await snapshots.list(target)).filter(isMeant), target);
  const withItems = own.filter(({ itemCount }) => itemCount > 0);
  const at = now();
  const isFresh = (info: SnapshotInfo) => {
    const ageMs = ageOf(info, at);
    return ageMs !== undefined && ageMs <= freshMs;
  };
  for (const info of [...withItems.filter(isFresh).sort(fullestFirst), ...withItems, ...own]) {
    // Undefined when it made room since the list was made, or its file is damaged.
    const snapshot = await snapshots.get(info.id);
    const others = own.filter(({ id }) => id !== info.id);
    if (snapshot !== undefined) return { snapshot, isFresh: isFresh(info), others };
  }
  return undefined;
}

/** How many of the others a note names. */
const MAX_OTHERS = 3;

function wordChoice({ snapshot, isFresh, others }: Found, words: Endpoint["words"]): string {
  const named = others.slice(0, MAX_OTHERS).map((info) => `${info.id} (${describeOrigin(info, words)})`);
  const rest = others.length - named.length;
  const choice = isFresh
    ? "the fullest fresh snapshot"
    : snapshot.fetchedAt === null
      ? "the fullest snapshot, its time unknown,"
      : `the newest snapshot with ${words.items}, since none of these is fresh,`;
  const more = rest > 0 ? `; ${formatCount(rest)} more` : "";
  return `${choice} of ${nameTarget(snapshot.request.target)} is asked; also kept: ${named.join("; ")}${more}`;
}

async function refuseTarget(
  target: string,
  situation: Situation,
  names: Names,
  snapshots: ReadSnapshots,
): Promise<AppError> {
  const others = (await listKnown(snapshots, target)).filter(({ request }) => request.target !== target);
  return refuse(names.target, `no snapshot of ${nameTarget(target)} is kept`, others, situation);
}

function readTarget(written: string, name: string): string {
  try {
    return parseTarget(written, { argument: name, takesFilters: false }).target;
  } catch (error) {
    throw error instanceof Refusal ? toInputError([error]) : error;
  }
}

const describeOther = (snapshot: Snapshot, target: string): string =>
  `snapshot ${snapshot.id} is of ${nameTarget(snapshot.request.target)}, not of ${nameTarget(target)}`;

const listKnown = async (snapshots: ReadSnapshots, target: string | undefined): Promise<SnapshotInfo[]> =>
  sortForTarget(await snapshots.list(undefined, MAX_KNOWN), target);

/** Those of the target first, then those of its domain; among these the newest, and of equals the one with more items. */
function sortForTarget(list: readonly SnapshotInfo[], target: string | undefined): SnapshotInfo[] {
  const nearness = ({ request }: SnapshotInfo): number => {
    if (target === undefined) return 0;
    if (request.target === target) return 2;
    return registrableDomain(request.target) === registrableDomain(target) ? 1 : 0;
  };
  return list.toSorted(
    (a, b) => nearness(b) - nearness(a) || (b.fetchedAt ?? 0) - (a.fetchedAt ?? 0) || b.itemCount - a.itemCount,
  );
}

function refuseUnknown(id: string, name: string, known: readonly SnapshotInfo[], situation: Situation): AppError {
  const near = known.find((each) => isNear(id, each.id));
  const guess = near === undefined ? "" : `; did you mean "${near.id}"?`;
  return refuse(name, `no snapshot is kept under this id, ${got(id)}${guess}`, known, situation);
}

/** One letter is off, or it is written in capitals or without its `s_`. */
function isNear(written: string, id: string): boolean {
  const lower = written.slice(0, 40).toLowerCase();
  return distance(lower, id) <= 1 || `s_${lower}` === id;
}

function refuse(name: string, rule: string, known: readonly SnapshotInfo[], situation: Situation): AppError {
  const { target, surface, words, calls } = situation;
  const call = toCall({ target: target ?? "forbes.com" }, surface, calls);
  return new AppError("input", [`${name}: ${rule}`, ...describeKnown(known, words)].join("\n"), {
    charge: "not_charged",
    refused: [name],
    ...(target === undefined
      ? known.length === 0 && { advice: `A paid call brings the first one, for example ${call}` }
      : { advice: `A paid call brings one of ${nameTarget(target)}: ${call}` }),
  });
}

function describeKnown(known: readonly SnapshotInfo[], words: Endpoint["words"]): string[] {
  if (known.length === 0) return ["kept: none at all"];
  const rest = known.length - MAX_NAMED;
  const more = known.length < MAX_KNOWN ? `${rest} more` : `at least ${rest} more`;
  const named = known.slice(0, MAX_NAMED).map((info) => `${info.id} (${describeInfo(info, words)})`);
  return [`kept: ${named.join("; ")}${rest > 0 ? `; ${more}` : ""}`];
}

/** `acme.example, 93 URLs, 2026-07-08 14:46 UTC` */
const describeInfo = (info: SnapshotInfo, words: Endpoint["words"]): string =>
  `${nameTarget(info.request.target)}, ${describeOrigin(info, words)}`;

/** `imported, 10 of 8,143 URLs, 2026-11-03 14:20 UTC`; of a later part `10 of 8,143 URLs after the first 1,000` */
export function describeOrigin(info: SnapshotInfo, { counted }: Endpoint["words"]): string {
  const { source, request, itemCount, totalCount, fetchedAt, isBrokenOff } = info;
  const isPart = totalCount !== null && totalCount > itemCount;
  const after = request.offset ? ` after the first ${formatCount(request.offset)}` : "";
  const urls = `${isPart ? `${formatCount(itemCount)} of ${countOf(totalCount, counted)}` : countOf(itemCount, counted)}${after}`;
  const time = fetchedAt === null ? "time unknown" : formatMinute(fetchedAt);
  const broken = isBrokenOff === true ? ["broken off"] : [];
  return [...(source === "import" ? ["imported"] : []), urls, ...broken, time].join(", ");
}

/** A host, but for a file of ours that somebody changed. */
const nameTarget = (target: string): string =>
  /^[a-z0-9._-]*$/.test(target) ? toOneLine(target, MAX_TARGET_CHARS) : quoteForMessage(target);

function refuseGone(info: SnapshotInfo, name: string, { surface, words, calls }: Situation): AppError {
  const { tag: _label, ...body } = toRequestBody(info.request);
  const again = toCall(body, surface, calls);
  return new AppError(
    "input",
    `${name}: ${info.id} is no longer kept (${describeInfo(info, words)}); it was too old or made room.`,
    {
      charge: "not_charged",
      refused: [name],
      advice:
        info.source === "import"
          ? `It was imported from a file: import that again, or fetch it new, paid: ${again}`
          : `To ${info.source === "sandbox" ? "get" : "buy"} it again, ${describePrice(info)}: ${again}`,
    },
  );
}

function describePrice({ source, charge }: SnapshotInfo): string {
  if (source === "sandbox") return "free";
  return charge.kind === "reported" ? `charged ${formatUsd(charge.usd)} last time` : "its last price was not reported";
}
