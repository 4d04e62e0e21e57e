import { createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { AppError } from "../errors.ts";
import { readUrl } from "../read-url.ts";

export interface IssuerKeysDeps extends IssuerDocumentsDeps {
  issuer: string;
  /** Where its keys are; left out, its metadata is asked, once. */
  jwksUrl?: URL;
  /** How long after a fetch an unknown key does not cause another one. @default 30_000 */
  unknownKeyPauseMs?: number;
}

const KeySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Keys that the issuer withdrew are trusted for so long at most. */
const KEYS_MAX_AGE_MS = 600_000;

/**
 * The issuer's keys, by a token's header: fetched at the first token, again when a token names a key that is not among
 * them (the issuer has changed its keys), and every ten minutes.
 * @returns throws {AppError} `unavailable` when they cannot be fetched, which is tried again later; jose's errors when no
 *   key, or more than one, fits
 */
export function createIssuerKeys({
  issuer,
  jwksUrl,
  unknownKeyPauseMs = 30_000,
  ...documents
}: IssuerKeysDeps): JWTVerifyGetKey {
  const fetchDocument = createIssuerDocuments(documents);

  const openKeySet = (url: URL) =>
    createRemoteJWKSet(url, {
      cooldownDuration: unknownKeyPauseMs,
      cacheMaxAge: KEYS_MAX_AGE_MS,
      // Its address is `url`; what bounds the exchange is ours, with what a failure is called.
      [customFetch]: async () => Response.json(await fetchDocument(url, readKeySet)),
    });

  let opening: Promise<JWTVerifyGetKey> | undefined;
  const open = (): Promise<JWTVerifyGetKey> => {
    opening ??= Promise.resolve(jwksUrl ?? fetchKeySetUrl(issuer, fetchDocument)).then(openKeySet, (error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  return async (header, token) => (await open())(header, token);
}

function readKeySet(json: unknown): JSONWebKeySet {
  const keySet = KeySet.safeParse(json);
  if (!keySet.success) throw new Error("answered a document that is no key set");
  return keySet.data;
}

export interface IssuerDocumentsDeps {
  /** @default the global one */
  fetch?: typeof globalThis.fetch;
  now: () => number;
  /** For one document, its body included. @default 5000 */
  timeoutMs?: number;
  /** How long after a failure the same address is not asked again. @default 5000 */
  cooldownMs?: number;
}

/**
 * Fetches a JSON document from the issuer and reads it.
 * @param read throws an error whose message says what is wrong with the document; it must hold nothing of it
 * @throws {AppError} `unavailable`: whatever goes wrong there says nothing about a caller's token
 */
export type FetchIssuerDocument = <T>(url: URL, read: (json: unknown) => T) => Promise<T>;

/** Key sets and metadata have a few kB; Google's, with several keys, has 2. */
const MAX_BYTES = 262_144;

/**
 * What fails is asked again only after a pause, so that callers without a good token cannot use us to flood an issuer
 * that is in trouble. Redirects are not followed: keys come from the address that was trusted, or not at all.
 */
export function createIssuerDocuments({
  fetch = globalThis.fetch,
  now,
  timeoutMs = 5000,
  cooldownMs = 5000,
}: IssuerDocumentsDeps): FetchIssuerDocument {
  const failures = new Map<string, { at: number; detail: string }>();

  const toUnavailable = (detail: string, retryAfterMs: number): AppError =>
    new AppError("unavailable", "The access token cannot be checked now: its issuer's keys cannot be had.", {
      detail,
      retryAfterMs,
    });

  const refuseWhileCooling = (href: string): void => {
    const failure = failures.get(href);
    const ageMs = failure === undefined ? cooldownMs : now() - failure.at;
    // A clock that was set back ends the pause.
    if (failure === undefined || ageMs < 0 || ageMs >= cooldownMs) return;
    throw toUnavailable(`${failure.detail} (not asked again yet)`, cooldownMs - ageMs);
  };

  return async (url, read) => {
    refuseWhileCooling(url.href);
    try {
      const document = read(JSON.parse(await fetchText(url, fetch, timeoutMs)));
      failures.delete(url.href);
      return document;
    } catch (error) {
      const detail = `${url.href}: ${wordFailure(error)}`;
      failures.set(url.href, { at: now(), detail });
      throw toUnavailable(detail, cooldownMs);
    }
  };
}

async function fetchText(url: URL, fetch: typeof globalThis.fetch, timeoutMs: number): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: "application/json, application/jwk-set+json" },
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200) {
    await response.body?.cancel().catch(() => {});
    throw new Error(`answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of response.body ?? []) {
    total += chunk.length;
    // Leaving the loop cancels the rest.
    if (total > MAX_BYTES) throw new Error(`answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function wordFailure(error: unknown): string {
  // Its words would quote the document.
  if (error instanceof SyntaxError) return "answered something that is not JSON";
  if (!(error instanceof Error)) return "unknown error";
  if (error.name === "TimeoutError") return "did not answer in time";
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === "string" ? `${error.message} (${code})` : error.message;
}

const Metadata = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });

/**
 * Finds out where the issuer keeps its keys, from its own metadata. The first place that has a good document counts: many
 * issuers have only one of them, and some answer their start page for the others.
 * @returns `jwks_uri` of the document
 * @throws {AppError} `unavailable` when no place has one; the detail tells of each
 */
export async function fetchKeySetUrl(issuer: string, fetchDocument: FetchIssuerDocument): Promise<URL> {
  const failures: AppError[] = [];
  for (const url of toMetadataUrls(issuer)) {
    try {
      return await fetchDocument(url, (json) => readKeySetUrl(json, issuer));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first === undefined) throw new Error("There is always a place to look at.");
  const detail = failures.map(({ facts }) => facts.detail).join("; ");
  throw new AppError("unavailable", first.message, { ...first.facts, detail });
}

/**
 * Where an issuer's metadata may be, in the order in which MCP clients try them.
 * @see RFC 8414 section 3.1, OpenID Connect Discovery 1.0 section 4, MCP 2025-11-25 authorization
 */
export function toMetadataUrls(issuer: string): URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  const places = [
    `/.well-known/oauth-authorization-server${path}`,
    `/.well-known/openid-configuration${path}`,
    `${path}/.well-known/openid-configuration`,
  ];
  return [...new Set(places)].map((place) => new URL(origin + place));
}

function readKeySetUrl(json: unknown, issuer: string): URL {
  const metadata = Metadata.safeParse(json);
  if (!metadata.success) throw new Error("answered a document without issuer and jwks_uri");
  // RFC 8414 section 3.3: else one issuer could pass itself off as another.
  if (metadata.data.issuer !== issuer) throw new Error("answered the document of another issuer");
  const url = parseSecureUrl(metadata.data.jwks_uri, isLoopback(new URL(issuer)));
  if (url === undefined) throw new Error("names a jwks_uri that is not https");
  return url;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

export const SECURE_URL_RULE = "must be an https URL without user name or fragment (http only on loopback)";

/**
 * @param isLoopbackAllowed whether http to this machine will do; what an issuer elsewhere names must be https
 * @returns undefined for what is no such URL
 */
export function parseSecureUrl(text: string, isLoopbackAllowed = true): URL | undefined {
  const url = readUrl(text);
  if (url === undefined || url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  if (url.protocol === "https:") return url;
  return url.protocol === "http:" && isLoopbackAllowed && isLoopback(url) ? url : undefined;
}

export const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);
