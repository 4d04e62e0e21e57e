/** What a caller may do: buy, read what its tenant has bought, or scrape the metrics. */
export const SCOPES = ["pages:read", "snapshots:read", "metrics:read"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is behind a request. */
export interface Principal {
  /**
   * What it is called in ledger, logs and metrics, the same after every restart: 1 to 100 of A–Z a–z 0–9 . _ @ : -,
   * with where it came from in front, as in `token:alice`.
   */
  name: string;
  /** Whose snapshots it sees: those that this tenant bought. 1 to 200 visible characters; opaque, compared as it is. */
  tenant: string;
  scopes: ReadonlySet<Scope>;
  /** USD it may spend in a day (UTC); null where only the budget of all bounds it. */
  dailyBudgetUsd: number | null;
  /** Calls it may make in a minute; null for the setting that holds for all. */
  callsPerMinute: number | null;
  /** When its token ends, s since the epoch; left out for one that does not. */
  expiresAt?: number;
}

/** Why a caller is not let in, as RFC 6750 names it; `missing` is a request without any credential. */
export type AccessProblem = "missing" | "malformed" | "invalid";

/** The credential is missing or not good; what is wrong with it in detail is for the log alone. */
export class AccessDenied extends Error {
  override readonly name = "AccessDenied";
  readonly problem: AccessProblem;

  /** @param detail for the log; never holds the token or a part of it */
  constructor(problem: AccessProblem, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.problem = problem;
  }
}

/**
 * Finds out who is behind a request.
 * @param authorization the header as it came, undefined when there was none
 * @throws {AccessDenied} for every credential that is not good; {AppError} `unavailable` when that cannot be found out
 *   now (the issuer's keys cannot be reached)
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;
