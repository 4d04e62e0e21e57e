import {
  AccessDenied,
  type AccessProblem,
  type Authenticate,
  type Principal,
  type Scope,
} from "../access/principal.ts";
import { AppError } from "../errors.ts";
import { Refusal, type RefusalReason, toRetryAfter } from "./refusal.ts";
import type { TakeTurn } from "./turns.ts";

/** Who may come in, and what is said to those who may not. */
export interface Access {
  authenticate: Authenticate;
  /** The value of `WWW-Authenticate`. */
  toChallenge: (facts: { problem: AccessProblem | "scope"; scopes?: readonly Scope[]; metadataUrl?: string }) => string;
  /** Where tokens for this server come from (RFC 9728), at its absolute URL; left out where no issuer is trusted. */
  metadata?: { url: string; document: object };
}

/** Where nothing better is known of when a failing part is back. */
const DEFAULT_RETRY_MS = 5000;

/**
 * Who is behind a request.
 * @param authorization the header
 * @param scopes for the challenge: what a token should have
 * @throws {Refusal} `no_token`, `bad_token`, `access_unavailable`; anything else that is thrown is a defect
 */
export async function authenticateBy(
  access: Access,
  authorization: string | undefined,
  scopes: readonly Scope[],
): Promise<Principal> {
  try {
    return await access.authenticate(authorization);
  } catch (error) {
    if (error instanceof AccessDenied) {
      const { problem, message: detail } = error;
      const reason = problem === "missing" ? "no_token" : "bad_token";
      throw new Refusal(reason, { headers: challenge(access, problem, scopes), detail });
    }
    throw toUnavailable(error, "access_unavailable");
  }
}

/** @throws {Refusal} `no_scope` */
export function checkScope(access: Access, principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw new Refusal("no_scope", { headers: challenge(access, "scope", [scope]), detail: scope });
}

/**
 * Takes a turn for each message of a body.
 * @throws {Refusal} `rate_limited`, `limits_unavailable`
 */
export async function takeTurns(takeTurn: TakeTurn, name: string, perMinute: number, turns: number): Promise<void> {
  for (let taken = 0; taken < turns; taken += 1) {
    const turn = await takeTurn(name, perMinute).catch((error: unknown) => {
      throw toUnavailable(error, "limits_unavailable");
    });
    if (!turn.granted) throw new Refusal("rate_limited", { headers: toRetryAfter(turn.retryAfterMs) });
  }
}

function challenge({ toChallenge, metadata }: Access, problem: AccessProblem | "scope", scopes: readonly Scope[]) {
  const facts = { problem, scopes, ...(metadata === undefined ? {} : { metadataUrl: metadata.url }) };
  return { "www-authenticate": toChallenge(facts) };
}

function toUnavailable(error: unknown, reason: RefusalReason): unknown {
  if (!(error instanceof AppError) || error.kind !== "unavailable") return error;
  const headers = toRetryAfter(error.facts.retryAfterMs ?? DEFAULT_RETRY_MS);
  return new Refusal(reason, { headers, detail: error.message, cause: error });
}
