/** Counts what is running, so that a stop can wait for it. */
export interface CallCount {
  /** @returns says that it is over; safe to call twice */
  start(): () => void;
  running(): number;
  /** Settles when nothing runs, at once if nothing does now. */
  whenNone(): Promise<void>;
}

export function createCallCount(): CallCount {
  let running = 0;
  let waiting: (() => void)[] = [];
  const end = () => {
    running -= 1;
    if (running > 0) return;
    for (const go of waiting) go();
    waiting = [];
  };
  return {
    start() {
      running += 1;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        end();
      };
    },
    running: () => running,
    whenNone: () =>
      running === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve);
          }),
  };
}
