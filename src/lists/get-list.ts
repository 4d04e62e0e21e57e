import type { Consent } from "../errors.ts";
import type { Surface } from "./calls.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Asked } from "./fetch-list.ts";
import type { Delivery, HeaderOptions } from "./header.ts";
import { type BesideDeps, withBeside } from "./held.ts";
import type { RequestRules } from "./parse-request.ts";
import { type ListRequest, toRequestKey } from "./request.ts";
import { ageOf, type Item, type Snapshot } from "./snapshot.ts";
import { formatAge } from "./text.ts";

/** Who asks, and what goes with the question beside its arguments. */
export interface Caller<S extends Snapshot = Snapshot> {
  signal: AbortSignal;
  surface: Surface;
  /** Kept answers will not do, however young. */
  wantsFresh?: boolean;
  /** A person has agreed to a price for one request (`AskPerson`). */
  consent?: Consent;
  /** Told of the snapshot that the answer is made of, for whoever shows more of it. Must not throw. */
  onSnapshot?: (snapshot: S, told: HeaderOptions) => void;
}

/** Gets the answer to a checked request: a kept one, one under way, or a new one, paid for. */
export type BuyList = (
  order: Asked & { requestKey: string; maxAgeMs: number; consent?: Consent },
  signal: AbortSignal,
) => Promise<{ snapshot: Snapshot; how: Delivery["how"]; notes: string[] }>;

export interface GetListDeps {
  /** Who is asked, as it goes into the request's key. */
  upstream: string;
  buyList: BuyList;
  /** USD left of today's budget; null where nothing bounds it. */
  leftUsd: () => Promise<number | null>;
  now: () => number;
  /** How long a kept snapshot answers the same request, ms. */
  freshMs: number;
  rules: RequestRules;
  maxTokens: number;
  /** What else is kept, which may hold the rest of a list. @default nothing */
  snapshots?: BesideDeps["snapshots"];
  /** A sentence for an answer without items: what the source does know. */
  whenEmpty?: string;
}

/** What an answer is made with, beside its snapshot. */
export interface AnswerOptions extends HeaderOptions {
  /** How large the answer may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
  /** Where the answer is read, which decides what can be called next. */
  surface: Surface;
}

/** Pure: the same snapshot and options give the same answer. */
export type BuildAnswer<S extends Snapshot, A> = (snapshot: S, options: AnswerOptions) => A;

/** What is true of one endpoint. */
export interface AnsweredEndpoint<R extends ListRequest, I extends Item, A> {
  endpoint: Endpoint<R, I>;
  /** Refuses a snapshot of another endpoint. */
  as: (snapshot: Snapshot) => Snapshot<R, I>;
  buildAnswer: BuildAnswer<Snapshot<R, I>, A>;
}

/**
 * Arguments in, condensed answer out: the whole way of a paid tool, with nothing of a protocol in it.
 * @throws {AppError} for arguments that were refused, and for every failure of the purchase
 */
export type GetList<S extends Snapshot, A> = (input: unknown, caller: Caller<S>) => Promise<A>;

export function createGetList<R extends ListRequest, I extends Item, A>(
  { endpoint, as, buildAnswer }: AnsweredEndpoint<R, I, A>,
  deps: GetListDeps,
): GetList<Snapshot<R, I>, A> {
  const build = createRememberAnswer(buildAnswer);
  const { snapshots, upstream, freshMs } = deps;
  return async (input, { signal, surface, wantsFresh = false, consent, onSnapshot }) => {
    const { request, notes } = endpoint.parse(input, deps.rules);
    const bought = await deps.buyList(
      {
        endpoint,
        request,
        requestKey: toRequestKey(endpoint, request, upstream),
        maxAgeMs: wantsFresh ? 0 : freshMs,
        ...(consent !== undefined && { consent }),
      },
      signal,
    );
    const { how } = bought;
    const own = as(bought.snapshot);
    const snapshot =
      snapshots === undefined ? own : await withBeside(own, { endpoint, snapshots, gateway: upstream, freshMs });
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
    return build(snapshot, { maxTokens: deps.maxTokens, surface, ...told });
  };
}

/**
 * Gives the last answer of a snapshot out again while it would come out the same. A kept snapshot is asked for many times,
 * and its age is told in whole minutes, then hours.
 */
export function createRememberAnswer<S extends Snapshot, A>(buildAnswer: BuildAnswer<S, A>): BuildAnswer<S, A> {
  const last = new WeakMap<S, { key: string; answer: A }>();
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
