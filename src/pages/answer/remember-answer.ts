import type { Snapshot } from "../snapshot/snapshot.ts";
import { formatAge } from "../text.ts";
import { type Answer, type AnswerOptions, buildAnswer } from "./answer.ts";

type BuildAnswer = (snapshot: Snapshot, options: AnswerOptions) => Answer;

/**
 * `buildAnswer`, which gives the last answer of a snapshot out again while it would come out the same. A kept snapshot
 * is asked for many times, and its age is told in whole minutes, then hours.
 */
export function createRememberAnswer(): BuildAnswer {
  const last = new WeakMap<Snapshot, { key: string; answer: Answer }>();
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
