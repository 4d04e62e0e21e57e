import { AppError } from "../errors.ts";
import type { Endpoint } from "../lists/endpoint.ts";
import { otherTargetOf, partAnswers, readRequest } from "../lists/endpoint-answer.ts";
import type { Asked } from "../lists/fetch-list.ts";
import { type KeptReplies, toReplyUri, writeReply } from "../lists/kept-reply.ts";
import { type ListRequest, toRequestKey, UNNAMED_ENDPOINT } from "../lists/request.ts";
import { createSnapshot, type EndpointAnswer, type Fetched, type Snapshot, type Source } from "../lists/snapshot.ts";
import { countOf } from "../lists/text.ts";

/** Where snapshots are kept, as far as this needs it. */
interface Put {
  put(snapshot: Snapshot): Promise<{ where: string; problem?: string }>;
}

export interface KeepDeps {
  source: Exclude<Source, "import">;
  snapshots: Put;
  now: () => number;
}

/**
 * Keeps the reply of a failed call that may have been paid for and could not be read, and has the failure say where, or
 * that it is lost.
 * @returns the failure, without the reply
 */
export async function keepUnread(
  error: unknown,
  { endpoint, request }: Asked,
  { replies, now }: { replies?: Pick<KeptReplies, "put">; now: () => number },
): Promise<unknown> {
  if (!(error instanceof AppError) || error.facts.charge === "not_charged") return error;
  const { unread, ...facts } = error.facts;
  const add = (sentence: string) => {
    const advice = [facts.advice, sentence].filter(Boolean).join(" ");
    return new AppError(error.kind, error.message, { ...facts, advice });
  };
  if (unread === undefined) return error;
  if (unread.trim() === "" || replies === undefined) return new AppError(error.kind, error.message, facts);
  const { id, text } = writeReply({
    ...(endpoint.name !== UNNAMED_ENDPOINT && { endpoint: endpoint.name }),
    request,
    at: now(),
    chargedUsd: facts.chargedUsd ?? null,
    body: unread,
  });
  if (await replies.put(id, text)) {
    return add(
      `What came is kept as it came: read ${toReplyUri(id)}, or, once a version can read it, "domain-pages-mcp import ${id}".`,
    );
  }
  return add(
    "What came could not be kept and is lost: before you ask again, which buys again, have the server's store looked at.",
  );
}

/** What became of an answered call. */
export interface KeptAnswers {
  /** What the books name: the answer to the request, or what came instead. */
  snapshotId: string;
  /** What the caller gets: the answer, or why there is none. */
  result: { snapshot: Snapshot; notes: string[] } | { refusal: AppError };
}

/** Unasked answers are found by their id and their target, never by a request. */
const UNASKED = "unasked";

/**
 * Keeps all that an answered call brought: the answer to the request, and whatever else was in the reply under its own
 * target, as what nobody asked for. An answer of another target is never kept as the one that was asked for.
 */
export async function keepFetched(
  { endpoint, request, requestKey }: Asked & { requestKey: string },
  fetched: Fetched,
  deps: KeepDeps,
): Promise<KeptAnswers> {
  const { answer, others = [], notes = [], charge } = fetched;
  const { asked, unasked } = partAnswers(endpoint, request.target, [answer, ...others]);
  const facts = { source: deps.source, fetchedAt: deps.now() };
  const toUnasked = (each: EndpointAnswer, index: number): Snapshot => {
    const own = requestOf(endpoint, each, request);
    // What was charged was charged for the reply as a whole: it is told once.
    const part = asked === undefined && index === 0 ? charge : ({ kind: "none" } as const);
    const requestKey = toRequestKey(endpoint, own, UNASKED);
    return createSnapshot(endpoint, each, { ...facts, request: own, requestKey, charge: part, beside: index });
  };
  const beside = unasked.map(toUnasked);
  if (asked === undefined) {
    for (const each of beside) await deps.snapshots.put(each);
    const [first] = beside;
    return { snapshotId: first?.id ?? "", result: { refusal: refuseOther({ endpoint, request }, fetched, beside) } };
  }
  const snapshot = createSnapshot(endpoint, asked, { ...facts, request, requestKey, charge });
  const { problem } = await deps.snapshots.put(snapshot);
  for (const each of beside) await deps.snapshots.put(each);
  return {
    snapshotId: snapshot.id,
    result: { snapshot, notes: [...notes, ...noteBeside(endpoint, beside), ...noteProblem(problem)] },
  };
}

/** The request that an answer echoes; of one that does not even name its target, what was asked. */
function requestOf(endpoint: Endpoint, answer: EndpointAnswer, asked: ListRequest): ListRequest {
  try {
    return readRequest(endpoint, answer);
  } catch {
    const target = otherTargetOf(endpoint, answer, asked.target);
    return { target: target ?? asked.target };
  }
}

const nameSnapshots = ({ words }: Endpoint, snapshots: readonly Snapshot[]): string =>
  snapshots
    .map(({ id, request, items }) => `snapshot ${id} of ${request.target} (${countOf(items.length, words.counted)})`)
    .join(", ");

function noteBeside(endpoint: Endpoint, beside: readonly Snapshot[]): string[] {
  if (beside.length === 0) return [];
  const are = beside.length === 1 ? "another answer" : `${beside.length} other answers`;
  return [`the same reply held ${are}, kept for free questions: ${nameSnapshots(endpoint, beside)}`];
}

function noteProblem(problem: string | undefined): string[] {
  if (problem === undefined) return [];
  return [`this snapshot could not be written (${problem}): for now it is only in this process's memory`];
}

function refuseOther(
  { endpoint, request }: Asked,
  { charge, requestId }: Fetched,
  came: readonly Snapshot[],
): AppError {
  const targets = [...new Set(came.map(({ request }) => request.target))].join(", ");
  const charged =
    charge.kind === "reported" ? { charge: toFailureCharge(charge.usd), chargedUsd: charge.usd } : undefined;
  return new AppError(
    "contract",
    `The gateway answered with ${endpoint.words.items} of ${targets} instead of ${request.target}.`,
    {
      ...(charged ?? { charge: "unknown" }),
      ...(requestId !== undefined && { requestId }),
      advice: `What came is kept for free questions: ${nameSnapshots(endpoint, came)}. Asking again buys again: first have the gateway, or what stands between, looked at.`,
    },
  );
}

const toFailureCharge = (usd: number): "charged" | "not_charged" => (usd > 0 ? "charged" : "not_charged");
