import { createHash, randomBytes, randomInt } from "node:crypto";

/** What every static token begins with: tells them from JWTs, and secret scanners from other text. */
export const STATIC_TOKEN_PREFIX = "dpm_";

const ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const ID_CHARS = 8;
const SECRET_BYTES = 32;

const FORM = new RegExp(`^${STATIC_TOKEN_PREFIX}([0-9a-z]{${ID_CHARS}})_[A-Za-z0-9_-]{43}$`);

export const TOKEN_ID = new RegExp(`^[0-9a-z]{${ID_CHARS}}$`);

/** A new token, `dpm_<id>_<secret>`; the id finds its entry and is no secret. */
export function createStaticToken(): { id: string; token: string } {
  const id = Array.from({ length: ID_CHARS }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join("");
  return { id, token: `${STATIC_TOKEN_PREFIX}${id}_${randomBytes(SECRET_BYTES).toString("base64url")}` };
}

/** @returns the id of a token that has the right form; undefined for any other text */
export const toTokenId = (token: string): string | undefined => FORM.exec(token)?.[1];

/**
 * SHA-256 of the whole token, 32 bytes.
 *
 * A slow, salted hash is for passwords, which people choose and others can guess. Here 256 random bits stand behind the
 * hash: nobody guesses those, no table holds them, and a slow hash on every request would only help to overload us.
 */
export const toTokenDigest = (token: string): Buffer => createHash("sha256").update(token, "utf8").digest();
