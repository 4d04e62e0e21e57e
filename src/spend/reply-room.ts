import { AppError } from "../errors.ts";
import { formatCount } from "../lists/text.ts";

/**
 * Room for the replies of the gateway that are on their way, being read or being kept in this process, all together in
 * bytes. Room for what a reply usually takes is set aside before its call is sent; who finds none waits, and is refused
 * unbilled in the end. What was paid for is never dropped for want of room: a reply that grows beyond its share is read
 * on when there is room for more, and one of them at a time without asking, so that there is an end to it.
 */
export interface ReplyRoom {
  /**
   * @param bytes what the reply will take, about
   * @throws {AppError} `unavailable` when the replies of others leave no room in time, `cancelled` when the signal is
   *   aborted; nothing was sent
   */
  enter(bytes: number, signal: AbortSignal): Promise<Seat>;
  /** What is taken now. */
  bytes(): number;
}

/** The share of one reply. */
export interface Seat {
  /** @returns undefined where the reply may take so many bytes in all; else what settles when it may */
  grow(bytes: number): Promise<void> | undefined;
  /** Gives it back. */
  leave(): void;
}

export interface ReplyRoomOptions {
  /** For all. What a single reply takes beyond it, at most the largest one that is taken in, comes on top. */
  maxBytes: number;
  /** The longest wait to enter, ms. */
  waitMs: number;
}

/** A share grows in steps, so that it is not asked for with every piece that comes. */
const STEP_BYTES = 1 << 20;

export function createReplyRoom({ maxBytes, waitMs }: ReplyRoomOptions): ReplyRoom {
  interface Share {
    bytes: number;
  }
  interface Waiting {
    share: Share;
    bytes: number;
    go: () => void;
  }
  const growing: Waiting[] = [];
  const entering: Waiting[] = [];
  let taken = 0;
  /** The one that may take more than there is. */
  let ahead: Share | undefined;

  const give = ({ share, bytes, go }: Waiting) => {
    taken += bytes - share.bytes;
    share.bytes = bytes;
    go();
  };
  const fits = ({ share, bytes }: Waiting) => taken + bytes - share.bytes <= maxBytes;
  /** Replies that were paid for come first. */
  const serve = () => {
    for (let first = growing[0]; first !== undefined; first = growing[0]) {
      if (!fits(first)) {
        if (ahead !== undefined && ahead !== first.share) return;
        ahead = first.share;
      }
      growing.shift();
      give(first);
    }
    for (let first = entering[0]; first !== undefined && fits(first); first = entering[0]) {
      entering.shift();
      give(first);
    }
  };
  const wait = (queue: Waiting[], share: Share, bytes: number): Promise<void> =>
    new Promise((go) => {
      queue.push({ share, bytes, go });
      serve();
    });

  return {
    bytes: () => taken,
    async enter(wanted, signal) {
      const share: Share = { bytes: 0 };
      const leave = () => {
        taken -= share.bytes;
        share.bytes = 0;
        if (ahead === share) ahead = undefined;
        serve();
      };
      const entered = wait(entering, share, Math.min(Math.ceil(wanted), maxBytes));
      const why = await orGiveUp(entered, waitMs, signal);
      if (why !== undefined) {
        const index = entering.findIndex((each) => each.share === share);
        if (index >= 0) entering.splice(index, 1);
        leave();
        throw why === "aborted" ? wordCancelled(signal) : wordFull(taken, waitMs);
      }
      return {
        grow: (bytes) => {
          if (bytes <= share.bytes) return undefined;
          const step = Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;
          if (ahead !== share) return wait(growing, share, step);
          give({ share, bytes: step, go: () => {} });
          return undefined;
        },
        leave,
      };
    },
  };
}

async function orGiveUp(
  entered: Promise<void>,
  waitMs: number,
  signal: AbortSignal,
): Promise<"aborted" | "late" | undefined> {
  let stop = () => {};
  const gaveUp = new Promise<"aborted" | "late">((resolve) => {
    const timer = setTimeout(() => resolve("late"), waitMs);
    const leave = () => resolve("aborted");
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
    };
  });
  const why = await Promise.race([entered.then(() => undefined), gaveUp]);
  stop();
  return why;
}

const wordCancelled = (signal: AbortSignal): AppError =>
  new AppError("cancelled", "The call was cancelled.", { charge: "not_charged", cause: signal.reason });

const wordFull = (taken: number, waitMs: number): AppError =>
  new AppError(
    "unavailable",
    `The replies of other calls take ${formatCount(Math.ceil(taken / (1 << 20)))} MB, which leaves no room for another; that did not change within ${Math.round(waitMs / 1000)} s.`,
    { charge: "not_charged", advice: "Try again when they are done, with fewer calls at once or fewer pages each." },
  );

/** Measured: 1,000 pages are about 3 MB. */
const BYTES_PER_PAGE = 4096;
const FRAME_BYTES = 65_536;

/** What the reply to a request takes, about. */
export const estimateReplyBytes = (limit: number): number => FRAME_BYTES + limit * BYTES_PER_PAGE;
