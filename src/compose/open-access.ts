import { stat } from "node:fs/promises";
import path from "node:path";
import { type CheckToken, CLIENT_SCOPES } from "../access/principal.ts";
import type { HttpConfig } from "../config/http-settings.ts";
import { AppError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Access } from "../serve/mcp-route.ts";
import { chooseFolders } from "./stores.ts";

/** Where tokens are kept when nobody says: beside the books, where no cleaner of caches comes by. */
export async function chooseTokensFile(config: HttpConfig): Promise<string> {
  return config.tokensFile ?? path.join((await chooseFolders(config)).ledgerFolder, "tokens.json");
}

/**
 * Access control as the settings want it.
 * @returns undefined when there are neither tokens nor an issuer: then everyone who reaches the port is let in
 * @throws {AppError} `config` when what was set cannot be used
 */
export async function openAccess(config: HttpConfig, log: Log, now: () => number): Promise<Access | undefined> {
  const [tokens, jwt] = await Promise.all([openTokens(config, log, now), openIssuer(config, now)]);
  if (tokens === undefined && jwt === undefined) return undefined;
  const [{ createAuthenticate }, { toChallenge }, { toMetadataPath, toResourceMetadata }] = await Promise.all([
    import("../access/authenticate.ts"),
    import("../access/authenticate.ts"),
    import("../access/authenticate.ts"),
  ]);
  const { publicUrl: resource, oauthIssuer: issuer } = config;
  const authenticate = createAuthenticate({
    ...(tokens !== undefined && { tokens }),
    ...(jwt !== undefined && { jwt }),
    log,
  });
  if (resource === undefined || issuer === undefined) return { authenticate, toChallenge };
  return {
    authenticate,
    toChallenge,
    metadata: {
      url: new URL(toMetadataPath(resource), resource).href,
      document: toResourceMetadata({ resource, issuer, scopes: CLIENT_SCOPES }),
    },
  };
}

async function openTokens(config: HttpConfig, log: Log, now: () => number): Promise<CheckToken | undefined> {
  const { tokensFile, tokens: text, oauthIssuer } = config;
  const file = await chooseTokensFile(config);
  const isWanted = tokensFile !== undefined || text !== undefined || oauthIssuer !== undefined;
  if (!isWanted && (await isMissing(file))) return undefined;
  const { createTokenBook } = await import("../access/token-book.ts");
  return createTokenBook({
    // Followed where it is not there yet, too: a token that is made later works at once.
    file: { path: file, isNamed: tokensFile !== undefined },
    ...(text !== undefined && { text: { value: text, from: "DOMAIN_PAGES_HTTP_TOKENS" } }),
    now,
    onProblem: (problem) => log[problem.kind === "open" ? "warn" : "error"]("access.tokens_file", { ...problem }),
  });
}

/** Nobody made tokens. A file that cannot be looked at is another matter: it must not open the door. */
const isMissing = (file: string): Promise<boolean> =>
  stat(file).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT" || error.code === "ENOTDIR",
  );

async function openIssuer(config: HttpConfig, now: () => number): Promise<CheckToken | undefined> {
  const { oauthIssuer: issuer, oauthJwksUrl: jwksUrl, publicUrl, oauthTenantClaim: tenantClaim } = config;
  if (issuer === undefined) return undefined;
  const audience = config.oauthAudience ?? publicUrl;
  if (audience === undefined || publicUrl === undefined) {
    throw new AppError("config", "DOMAIN_PAGES_HTTP_OAUTH_ISSUER needs DOMAIN_PAGES_HTTP_PUBLIC_URL.", {
      advice: "Clients learn there whom to ask for a token, and tokens have to be made out for this server.",
    });
  }
  const { createJwtCheck } = await import("../access/jwt-check.ts");
  // The budget that the settings give to each comes in where the app is made.
  const check = { issuer, audience, tenantClaim, dailyBudgetUsd: null, now };
  return createJwtCheck({ ...check, ...(jwksUrl !== undefined && { jwksUrl }) });
}
