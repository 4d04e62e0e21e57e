/** What a caller may do: buy, read what its tenant has bought, or scrape the metrics. */
export const SCOPES = ["pages:read", "snapshots:read", "metrics:read"] as const;
export type Scope = (typeof SCOPES)[number];

/** What a person or an agent needs; metrics are for machines of the operator's own. */
export const CLIENT_SCOPES: readonly Scope[] = ["pages:read", "snapshots:read"];

/** Who is behind a request. */
export interface Principal {
  /**
   * What it is called in ledger, logs and metrics, the same after every restart: 1 to 100 of A–Z a–z 0–9 . _ @ : ~ -,
   * with where it came from in front, as in `token:alice` or `oauth:4711`.
   */
  name: string;
  /**
   * Whose snapshots it sees: those that this tenant bought. 1 to 220 visible characters; opaque, compared as it is.
   * `tenant:…` where somebody named it, `token:…` or `sub:…` where the principal is a tenant of its own.
   */
  tenant: string;
  scopes: ReadonlySet<Scope>;
  /** USD it may spend in a day (UTC); null where only the budget of all bounds it. */
  dailyBudgetUsd: number | null;
  /** Calls it may make in a minute; null for the setting that holds for all. */
  callsPerMinute: number | null;
  /** When its token ends, s since the epoch; left out for one that does not. */
  expiresAt?: number;
}

/** All that a principal's tokens allow, as text: equal for the same rights, whatever order its scopes came in. */
export const toRights = ({ tenant, scopes, dailyBudgetUsd }: Principal): string =>
  JSON.stringify([tenant, dailyBudgetUsd, ...[...scopes].sort()]);

/**
 * Why a caller is not let in: `missing` is a request without a credential, or with one of a scheme that is not spoken
 * here; `malformed` a Bearer header that is not one token; `invalid` a token that is not good.
 */
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
 * Finds out who is behind a token that came as `Bearer <token>`.
 * @throws as `Authenticate` does
 */
export type CheckToken = (token: string) => Promise<Principal>;

/**
 * Finds out who is behind a request.
 * @param authorization the header as it came, undefined when there was none; several values joined with a comma (Node's
 *   `headers.authorization` drops all but the first, `headersDistinct` has them)
 * @throws {AccessDenied} for every credential that is not good; {AppError} `unavailable` when that cannot be found out
 *   now (the issuer's keys cannot be reached)
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

/** What a tenant is called that an operator or an issuer has named: the same name is the same tenant, by either way in. */
export const toNamedTenant = (name: string): string => `tenant:${name}`;

/** No white space, controls or invisible marks: what looks alike in a list is then alike more often than not. */
const TENANT_NAME = /^[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]{1,200}$/u;

/** A tenant's name, without a prefix: 1 to 200 visible characters. */
export const isTenantName = (value: unknown): value is string => typeof value === "string" && TENANT_NAME.test(value);
