import { createOneAtATime } from "./one-at-a-time.ts";

/** Runs a look one at a time; calls that come before it has begun share it, since it shows all that was there then. */
export function createJoinWaiting<T>(look: () => Promise<T>): () => Promise<T> {
  const oneAtATime = createOneAtATime();
  let waiting: Promise<T> | undefined;
  return () => {
    waiting ??= oneAtATime(() => {
      waiting = undefined;
      return look();
    });
    return waiting;
  };
}
