import { createHash } from "node:crypto";

/** Names that every file system takes as they are, and that no other name is turned into. */
const PLAIN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/**
 * The folder of a tenant, whatever it is called: its name where that is plain, else `~` and a hash of it. Two tenants
 * never share one, and no name leads out of the folder around it.
 */
export function toTenantFolder(tenant: string): string {
  if (PLAIN.test(tenant)) return tenant;
  return `~${createHash("sha256").update(tenant).digest("hex").slice(0, 40)}`;
}
