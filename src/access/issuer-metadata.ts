import { z } from "zod";
import { AppError } from "../errors.ts";
import type { FetchIssuerDocument } from "./issuer-documents.ts";
import { isLoopback, parseSecureUrl } from "./secure-url.ts";

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
