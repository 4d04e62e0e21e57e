import { type FaultRequest, parseFaultRequest, type RequestedFault } from "./requested-fault.ts";

/** Faults waiting for the paid calls to come, first in first out. */
export interface FaultQueue {
  /**
   * Puts all of them at the end, or none.
   * @throws {AppError} `input` as `parseFaultRequest` does
   */
  add(...faults: readonly FaultRequest[]): void;
  clear(): void;
  next(): RequestedFault | undefined;
  /** Names of those that wait, the next one first. */
  waiting(): string[];
}

export function createFaultQueue(): FaultQueue {
  let queue: RequestedFault[] = [];
  return {
    add(...faults) {
      queue.push(...faults.map(parseFaultRequest));
    },
    clear() {
      queue = [];
    },
    next: () => queue.shift(),
    waiting: () => queue.map(({ name }) => name),
  };
}
