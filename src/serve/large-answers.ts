import type { RequestContext } from "./request-context.ts";

export interface LargeAnswerLimits {
  /** Large answers of one caller that may be made, or wait to be read, at once. */
  maxPerCaller: number;
  /** The same of all together. */
  maxOverall: number;
  /** How long one that nothing is read of keeps its place while others wait for one, ms. */
  stalledMs: number;
}

/** Places for answers that are large, so that readers who take nothing bound what they take of the memory. */
export interface LargeAnswers {
  /**
   * Waits for a place, and keeps it until the answer has left.
   * @returns false when the client has gone meanwhile
   */
  enter(caller: string, context: RequestContext): Promise<boolean>;
}

interface Place {
  caller: string;
  context: RequestContext;
  /** Bytes that had left on its connection when they were last looked at, and when they had changed. */
  written: number;
  movedAt: number;
}

interface Waiting {
  caller: string;
  context: RequestContext;
  go: (isThere: boolean) => void;
}

const CHECK_MS = 1000;

/**
 * A caller waits for places of its own: those who read are never behind those who do not, unless they are the same.
 */
export function createLargeAnswers({ maxPerCaller, maxOverall, stalledMs }: LargeAnswerLimits): LargeAnswers {
  const places = new Set<Place>();
  const waiting = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;

  const hasPlace = (caller: string): boolean =>
    places.size < maxOverall && [...places].filter((place) => place.caller === caller).length < maxPerCaller;

  const take = ({ caller, context }: Waiting) => {
    const { socket } = context.req;
    const place: Place = {
      caller,
      context,
      written: socket.bytesWritten - socket.writableLength,
      movedAt: performance.now(),
    };
    places.add(place);
    context.res.once("close", () => {
      places.delete(place);
      admit();
    });
  };

  const admit = () => {
    for (const each of waiting) {
      if (!hasPlace(each.caller)) continue;
      waiting.delete(each);
      take(each);
      each.go(true);
    }
    if (waiting.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };

  /** A place for which others wait is no place to sleep. */
  const dropStalled = () => {
    const now = performance.now();
    for (const place of places) {
      const { req, res } = place.context;
      const written = req.socket.bytesWritten - req.socket.writableLength;
      // One that is still being made is waited for.
      if (written !== place.written || !res.headersSent) Object.assign(place, { written, movedAt: now });
      else if (now - place.movedAt > stalledMs) req.socket.destroy();
    }
  };

  return {
    enter: (caller, context) =>
      new Promise((resolve) => {
        if (context.res.destroyed || context.req.socket.destroyed) return resolve(false);
        const one: Waiting = { caller, context, go: resolve };
        context.res.once("close", () => {
          if (waiting.delete(one)) resolve(false);
        });
        waiting.add(one);
        admit();
        if (waiting.size > 0) timer ??= setInterval(dropStalled, Math.min(stalledMs, CHECK_MS)).unref();
      }),
  };
}
