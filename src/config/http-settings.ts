import { isAbsolute } from "node:path";
import { z } from "zod";
import { ConfigSchema, settings, toSettings } from "./schema.ts";
import { dollarsOrOff, hostNames, secureUrl, webOrigins, whole } from "./values.ts";

/**
 * All settings with those of the HTTP service. Apart, since to set up a schema takes a start some milliseconds, and only
 * `http` and `token` read these.
 */
export const HttpConfigSchema = z.object({
  ...ConfigSchema.shape,
  httpHost: z
    .string()
    .regex(/^[\w.:[\]-]+$/, "must be an address or host name such as 127.0.0.1")
    .prefault("127.0.0.1")
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_HOST"],
      says: "Address that `http` listens on; beyond the loopback address it needs access control.",
    }),
  httpPort: whole(0, 65_535)
    .prefault(8080)
    .register(settings, { env: ["DOMAIN_PAGES_HTTP_PORT"], says: "Its port; 0 takes a free one." }),
  publicUrl: secureUrl.optional().register(settings, {
    env: ["DOMAIN_PAGES_HTTP_PUBLIC_URL"],
    says: "The address clients use, such as `https://mcp.example.com/mcp`; its host is allowed, and OAuth names it as the resource.",
  }),
  allowedHosts: hostNames.prefault("").register(settings, {
    env: ["DOMAIN_PAGES_HTTP_ALLOWED_HOSTS"],
    says: "More host names that requests may come for, with commas between; loopback names always may on a loopback address.",
  }),
  allowedOrigins: webOrigins.prefault("").register(settings, {
    env: ["DOMAIN_PAGES_HTTP_ALLOWED_ORIGINS"],
    says: "Origins whose pages may call, such as `https://app.example.com`, with commas between; loopback ones may on a loopback address.",
  }),
  tokensFile: z
    .string()
    .refine(isAbsolute, "must be an absolute path")
    .optional()
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_TOKENS_FILE"],
      says: "File of access tokens that `domain-pages-mcp token` writes and `http` reads, again whenever it changes; else `tokens.json` in the data folder.",
    }),
  tokens: z
    .string()
    .optional()
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_TOKENS"],
      secret: true,
      says: "The content of such a file, for places without files; it holds hashes only.",
    }),
  oauthIssuer: secureUrl.optional().register(settings, {
    env: ["DOMAIN_PAGES_HTTP_OAUTH_ISSUER"],
    says: "Issuer whose JWT access tokens are taken, exactly as it writes itself.",
  }),
  oauthAudience: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be visible ASCII without spaces")
    .optional()
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_OAUTH_AUDIENCE"],
      says: "Audience those tokens must be for; else the public URL.",
    }),
  oauthJwksUrl: secureUrl.optional().register(settings, {
    env: ["DOMAIN_PAGES_HTTP_OAUTH_JWKS_URL"],
    says: "Where the issuer's keys are; else its metadata tells.",
  }),
  oauthTenantClaim: z
    .string()
    .regex(/^[\w.:/-]{1,100}$/, "must be the name of a claim such as org_id")
    .prefault("tenant")
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_OAUTH_TENANT_CLAIM"],
      says: "Claim that names the tenant; a token without it has a tenant of its own.",
    }),
  principalBudgetUsd: dollarsOrOff(1_000_000)
    .prefault(1)
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_PRINCIPAL_BUDGET_USD"],
      says: "The most one caller may spend in a day (UTC) where its token says nothing else; `off` leaves only the daily budget of all.",
    }),
  principalCallsPerMinute: whole(1, 100_000)
    .prefault(120)
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_CALLS_PER_MINUTE"],
      says: "Requests one caller may make in a minute where its token says nothing else.",
    }),
  httpMaxBodyKb: whole(16, 65_536)
    .prefault(1024)
    .register(settings, { env: ["DOMAIN_PAGES_HTTP_MAX_BODY_KB"], says: "Largest request body taken in." }),
  httpMaxConnections: whole(1, 100_000)
    .prefault(1000)
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_MAX_CONNECTIONS"],
      says: "Most connections at once; one more is answered 503.",
    }),
  sessionMinutes: whole(1, 10_080)
    .prefault(60)
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_SESSION_MINUTES"],
      says: "How long an unused session of a client of the older protocol lasts.",
    }),
  drainSeconds: whole(0, 600)
    .prefault(30)
    .register(settings, {
      env: ["DOMAIN_PAGES_HTTP_DRAIN_SECONDS"],
      says: "How long calls under way may still take after SIGTERM; a slow purchase takes up to 130 s.",
    }),
});

export type HttpConfig = z.infer<typeof HttpConfigSchema>;

export const ALL_SETTINGS = toSettings(HttpConfigSchema);
