import type { RedisLink } from "./link.ts";

/**
 * Bytes that are the same on all replicas, made by the first that asks. Asked for each time: a Redis that came back empty
 * has another, and all replicas find that one.
 * @throws {AppError} `unavailable`
 */
export async function getSharedSecret(link: RedisLink, name: string, make: () => Uint8Array): Promise<Uint8Array> {
  const key = link.key("secret", name);
  const fresh = Buffer.from(make()).toString("base64");
  // Sent together: the second tells whose came first.
  const [, kept] = await link.run((redis) => Promise.all([redis.set(key, fresh, "NX"), redis.get(key)]));
  return new Uint8Array(Buffer.from(kept ?? fresh, "base64"));
}
