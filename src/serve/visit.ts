import type { IncomingMessage, ServerResponse } from "node:http";
import type { Refusal } from "./refusal.ts";
import type { RequestFacts } from "./request-scope.ts";
import type { Route } from "./routes.ts";

/** One request on its way through the server. */
export interface Visit {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly route: Route;
  /** The principal is added once it is known. */
  facts: RequestFacts;
  /** The client sends its body only when it is told to. */
  readonly awaitsContinue: boolean;
  /** Whether a drain waits for its end: streams of news never come to one. */
  holdsDrain: boolean;
  /** What it was refused with. */
  refusal?: Refusal;
}
