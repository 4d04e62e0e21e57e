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
 * Access control as the settings want it. Where there are neither tokens nor an issuer everyone who reaches the port is
 * let in until somebody makes the first token; from then on nobody is without one, even if the file goes again.
 * @param ignored what was set but counts as unset, as the settings' loader tells it
 * @throws {AppError} `config` when what was set cannot be used, or was to guard and is empty
 */
export async function openAccess(
  config: HttpConfig,
  { log, now, ignored }: { log: Log; now: () => number; ignored: readonly string[] },
): Promise<Access> {
  const [tokens, jwt] = await Promise.all([openTokens(config, log, now), openIssuer(config, now)]);
  if (jwt === undefined && tokens.isOpen !== undefined) refuseEmptyGuard(ignored);
  const { createAuthenticate, toChallenge, toMetadataPath, toResourceMetadata } = await import(
    "../access/authenticate.ts"
  );
  const { publicUrl: resource, oauthIssuer: issuer } = config;
  const authenticate = createAuthenticate({ tokens: tokens.check, ...(jwt !== undefined && { jwt }), log });
  const access: Access = { authenticate, toChallenge, ...(tokens.isOpen !== undefined && { isOpen: tokens.isOpen }) };
  if (resource === undefined || issuer === undefined) return access;
  return {
    ...access,
    metadata: {
      url: new URL(toMetadataPath(resource), resource).href,
      document: toResourceMetadata({ resource, issuer, scopes: CLIENT_SCOPES }),
    },
  };
}

/** Settings any one of which guards, as variables and as flags. */
const GUARD = /^(?:DOMAIN_PAGES_HTTP_|--http-)(?:TOKENS(?:[_-]FILE)?|OAUTH[_-]ISSUER) /i;

/** Somebody wanted a guard: a secret that did not arrive must not open the door. */
function refuseEmptyGuard(ignored: readonly string[]): void {
  const empty = ignored.find((what) => GUARD.test(what));
  if (empty === undefined) return;
  throw new AppError("config", `${empty}. It was to say who may call, and without it everybody could.`, {
    advice: "Give it its value, or take the variable away.",
  });
}

/** Static tokens; with `isOpen` where nobody had made one at the start. */
interface Tokens {
  check: CheckToken;
  isOpen?: NonNullable<Access["isOpen"]>;
}

async function openTokens(config: HttpConfig, log: Log, now: () => number): Promise<Tokens> {
  const { tokensFile, tokens: text, oauthIssuer } = config;
  const file = await chooseTokensFile(config);
  const isWanted = tokensFile !== undefined || text !== undefined || oauthIssuer !== undefined;
  const openBook = async (): Promise<CheckToken> => {
    const { createTokenBook } = await import("../access/token-book.ts");
    return createTokenBook({
      // Followed where it is not there yet, too: a token that is made later works at once.
      file: { path: file, isNamed: tokensFile !== undefined },
      ...(text !== undefined && { text: { value: text, from: "DOMAIN_PAGES_HTTP_TOKENS" } }),
      now,
      onProblem: (problem) => log[problem.kind === "open" ? "warn" : "error"]("access.tokens_file", { ...problem }),
    });
  };
  if (isWanted || !(await isMissing(file))) return { check: await openBook() };
  return awaitFirstToken(file, openBook, { log, now });
}

/** How old a look for the file may be: in memory it costs a call less than a hundredth of its time. */
const LOOK_MAX_AGE_MS = 100;

/** Open until the file is there; then shut, whatever becomes of the file, and whether or not it can be read. */
function awaitFirstToken(
  file: string,
  openBook: () => Promise<CheckToken>,
  { log, now }: { log: Log; now: () => number },
): Required<Tokens> {
  let isShut = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let opening: Promise<CheckToken> | undefined;
  return {
    async isOpen(authorization) {
      const ageMs = now() - lookedAt;
      const isYoung = ageMs >= 0 && ageMs < LOOK_MAX_AGE_MS;
      // Somebody has a token: it may have been made just now.
      if (isShut || (isYoung && authorization === undefined)) return !isShut;
      lookedAt = now();
      if (await isMissing(file)) return !isShut;
      if (!isShut) log.warn("access.shut", { message: `${file} is there: from now on callers need a token` });
      isShut = true;
      return false;
    },
    async check(token) {
      opening ??= openBook();
      try {
        return await (await opening)(token);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // Bad from the first: nobody is let in by it, and it is read again.
        opening = undefined;
        log.error("access.tokens_file", { kind: "bad", message: error.message });
        throw new AppError("unavailable", "The token file cannot be used; its problem is in the log.", {
          cause: error,
        });
      }
    },
  };
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
