import { createHash } from "node:crypto";
import type { JWTPayload } from "jose";
import { AccessDenied, isTenantName, type Principal, SCOPES, type Scope, toNamedTenant } from "./principal.ts";

export interface JwtPrincipalSettings {
  issuer: string;
  /** The claim that names the tenant; left out, each subject is a tenant of its own. */
  tenantClaim?: string;
  /** For each subject; null where only the budget of all bounds it. */
  dailyBudgetUsd: number | null;
}

/** As long as a principal's name may be, less `oauth:`; `~` is not in it, so no subject looks like a hashed one. */
const PLAIN_SUBJECT = /^[A-Za-z0-9._@:-]{1,94}$/;

/**
 * Who a token's claims speak of.
 *
 * The tenant is `tenant:<value>` where the claim is there: the same tenant as that of static tokens of this tenant name,
 * and of no other. Without the claim it is `sub:<hash of issuer and subject>`: nobody sees what another has bought because
 * a claim was forgotten, nor because the issuer was changed for one that numbers its users alike.
 * @param claims of a token that was found good
 * @throws {AccessDenied} `invalid` for a subject or tenant that is no usable text
 */
export function toJwtPrincipal(claims: JWTPayload, settings: JwtPrincipalSettings): Principal {
  const { sub, exp } = claims;
  if (typeof sub !== "string" || sub === "") throw new AccessDenied("invalid", "its sub is not a text");
  if (exp === undefined) throw new AccessDenied("invalid", "it has no exp");
  const hash = createHash("sha256")
    .update(JSON.stringify([settings.issuer, sub]))
    .digest("hex")
    .slice(0, 32);
  return {
    name: `oauth:${PLAIN_SUBJECT.test(sub) ? sub : `~${hash}`}`,
    tenant: toClaimedTenant(claims, settings) ?? `sub:${hash}`,
    scopes: toScopes(claims),
    dailyBudgetUsd: settings.dailyBudgetUsd,
    callsPerMinute: null,
    expiresAt: Math.floor(exp),
  };
}

function toClaimedTenant(claims: JWTPayload, { tenantClaim }: JwtPrincipalSettings): string | undefined {
  if (tenantClaim === undefined || !Object.hasOwn(claims, tenantClaim)) return undefined;
  const value = claims[tenantClaim];
  if (!isTenantName(value)) throw new AccessDenied("invalid", "its tenant claim is not 1 to 200 visible characters");
  return toNamedTenant(value);
}

/** `scope` is RFC 8693's, one text; `scp` that of Entra ID (text) and Okta (list). Scopes of other servers are left out. */
function toScopes({ scope, scp }: JWTPayload): ReadonlySet<Scope> {
  const granted = [scope, scp].flatMap((claim) => (typeof claim === "string" ? claim.split(" ") : claim));
  return new Set(SCOPES.filter((name) => granted.includes(name)));
}
