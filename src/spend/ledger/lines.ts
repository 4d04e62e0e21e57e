import type { Fold } from "./day-fold.ts";

/** Where ledgers' lines live: one object for all ledgers of a process. Methods throw what the file system throws. */
export interface LedgerLines {
  /** The folder, for messages. */
  where: string;
  /**
   * Appends whole or fails; done when the text would outlive a power cut. All appends of all processes have one order.
   * @param text a record as `encodeRecord` makes it
   */
  append(day: string, text: string): Promise<void>;
  /** All that was appended before the call, added up; later calls may change the object that is given back. */
  fold(day: string): Promise<Fold>;
  /** Whose turn it is to set aside, in this process: nothing is gained by racing oneself. */
  oneAtATime: OneAtATime;
  /** Days that have lines, newest first. */
  days(): Promise<string[]>;
}

/** Runs tasks one after the other, in the order they came; a task that fails does not stop the next. */
export type OneAtATime = <T>(task: () => Promise<T>) => Promise<T>;

export function createOneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  };
}

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
