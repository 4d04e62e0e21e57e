/** Whether a caller may make one more call now. */
export type Turn = { granted: true } | { granted: false; retryAfterMs: number };

/**
 * Takes one of the calls that a principal may make in a minute.
 * @param name of the principal
 * @param perMinute at least 1
 */
export type TakeTurn = (name: string, perMinute: number) => Promise<Turn>;
