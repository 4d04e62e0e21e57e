import { createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { createIssuerDocuments, type IssuerDocumentsDeps } from "./issuer-documents.ts";
import { fetchKeySetUrl } from "./issuer-metadata.ts";

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
