import { setTimeout } from "node:timers/promises";

/**
 * Waits, as long as nobody gives up.
 * @throws the platform's AbortError as soon as the signal is aborted
 */
export const wait = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal });
