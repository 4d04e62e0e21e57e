import type { Log } from "../log.ts";

/**
 * A mistake of ours in words for a client: nothing but a reference, which stands beside the details on stderr.
 * @param event its name in the log
 * @param charge one sentence on what it may have cost
 */
export function describeDefect(error: unknown, log: Log, event: string, charge: string): string {
  // The platform's own crypto is loaded when it is first used: a start does without it.
  const reference = crypto.randomUUID().slice(0, 8);
  log.error(event, { reference, error: error instanceof Error ? error.stack : String(error) });
  return `The server made a mistake (reference ${reference}); details are in its log. ${charge}`;
}
