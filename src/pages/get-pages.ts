import type { Consent } from "../errors.ts";
import type { Surface } from "../lists/calls.ts";
import type { Asked } from "../lists/fetch-list.ts";
import { type BesideDeps, withBeside } from "../lists/held.ts";
import type { RequestRules } from "../lists/parse-request.ts";
import { toRequestKey } from "../lists/request.ts";
import { ageOf, type Snapshot } from "../lists/snapshot.ts";
import { formatAge } from "../lists/text.ts";
import { type AnswerOptions, buildAnswer } from "./answer/answer.ts";
import type { Delivery, HeaderOptions } from "./answer/header-facts.ts";
import type { Answer } from "./answer/render-answer.ts";
import { asPages, DOMAIN_PAGES, type PagesSnapshot, parseRequest } from "./domain-pages.ts";

/** Who asks, and what goes with the question beside its arguments. */
export interface Caller {
  signal: AbortSignal;
  surface: Surface;
  /** Kept answers will not do, however young. */
  wantsFresh?: boolean;
  /** A person has agreed to a price for one request (`AskPerson`). */
  consent?: Consent;
  /** Told of the snapshot that the answer is made of, for whoever shows more of it. Must not throw. */
  onSnapshot?: (snapshot: PagesSnapshot, told: HeaderOptions) => void;
}

/** Gets the answer to a checked request: a kept one, one under way, or a new one, paid for. */
export type BuyPages = (
  order: Asked & { requestKey: string; maxAgeMs: number; consent?: Consent },
  signal: AbortSignal,
) => Promise<{ snapshot: Snapshot; how: Delivery["how"]; notes: string[] }>;

export interface GetPagesDeps {
  /** Who is asked, as it goes into the request's key. */
  upstream: string;
  buyPages: BuyPages;
  /** USD left of today's budget; null where nothing bounds it. */
  leftUsd: () => Promise<number | null>;
  now: () => number;
  /** How long a kept snapshot answers the same request, ms. */
  freshMs: number;
  rules: RequestRules;
  maxTokens: number;
  /** What else is kept, which may hold the rest of a list. @default nothing */
  snapshots?: BesideDeps["snapshots"];
  /** A sentence for an answer without pages: what the source does know. */
  whenEmpty?: string;
}

/**
 * Arguments in, condensed answer out: the paid tool's whole way, with nothing of a protocol in it.
 * @throws {AppError} for arguments that were refused, and for every failure of the purchase
 */
export type GetPages = (input: unknown, caller: Caller) => Promise<Answer>;

export function createGetPages(deps: GetPagesDeps): GetPages {
  const buildAnswer = createRememberAnswer();
  return async (input, { signal, surface, wantsFresh = false, consent, onSnapshot }) => {
    const { request, notes } = parseRequest(input, deps.rules);
    const bought = await deps.buyPages(
      {
        endpoint: DOMAIN_PAGES,
        request,
        requestKey: toRequestKey(DOMAIN_PAGES, request, deps.upstream),
        maxAgeMs: wantsFresh ? 0 : deps.freshMs,
        ...(consent !== undefined && { consent }),
      },
      signal,
    );
    const { how } = bought;
    const snapshot = await toldBeside(asPages(bought.snapshot), deps);
    const hint = snapshot.items.length === 0 && deps.whenEmpty !== undefined ? [deps.whenEmpty] : [];
    const told = {
      notes: [...notes, ...bought.notes, ...hint],
      delivery: {
        how,
        ageMs: ageOf(snapshot, deps.now()) ?? null,
        // What was paid for is told, whether or not the books can be read now.
        leftUsd: how === "kept" ? null : await deps.leftUsd().catch(() => null),
      },
    };
    onSnapshot?.(snapshot, told);
    return buildAnswer(snapshot, { maxTokens: deps.maxTokens, surface, ...told });
  };
}

const toldBeside = async (
  snapshot: PagesSnapshot,
  { snapshots, upstream, freshMs }: GetPagesDeps,
): Promise<PagesSnapshot> =>
  snapshots === undefined
    ? snapshot
    : withBeside(snapshot, { endpoint: DOMAIN_PAGES, snapshots, gateway: upstream, freshMs });

type BuildAnswer = (snapshot: PagesSnapshot, options: AnswerOptions) => Answer;

/**
 * `buildAnswer`, which gives the last answer of a snapshot out again while it would come out the same. A kept snapshot
 * is asked for many times, and its age is told in whole minutes, then hours.
 */
export function createRememberAnswer(): BuildAnswer {
  const last = new WeakMap<PagesSnapshot, { key: string; answer: Answer }>();
  return (snapshot, options) => {
    const key = toKey(options);
    const known = last.get(snapshot);
    if (known?.key === key) return known.answer;
    const answer = buildAnswer(snapshot, options);
    last.set(snapshot, { key, answer });
    return answer;
  };
}

/** All that an answer depends on beside its snapshot, which never changes. */
function toKey({ delivery, ...options }: AnswerOptions): string {
  if (delivery === undefined) return JSON.stringify(options);
  const { ageMs } = delivery;
  return JSON.stringify([options, { ...delivery, ageMs: ageMs === null ? null : formatAge(ageMs) }]);
}
