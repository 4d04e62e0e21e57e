import { AppError } from "../errors.ts";

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
