import { createHash } from "node:crypto";
import type { ListRequest } from "./request.ts";

/** A paid reply that could not be read, as it came. */
export interface KeptReply {
  /** The name of the endpoint that was asked; left out of the one that was there first. */
  endpoint?: string;
  request: ListRequest;
  /** When it came, ms since the epoch. */
  at: number;
  /** USD, as the gateway reported it; null where it did not. */
  chargedUsd: number | null;
  body: string;
}

/** Where replies are kept as texts (`writeReply`), bounded in number, bytes and age. */
export interface KeptReplies {
  /** Never throws. @returns false where it could not be kept */
  put(id: string, text: string): Promise<boolean>;
  get(id: string): Promise<string | undefined>;
  /** Ids, the newest first. */
  list(): Promise<string[]>;
}

export const isReplyId = (text: string): boolean => /^u_[0-9a-z]{8}$/.test(text);

export const REPLIES_URI = "domain-pages://replies";

/** The address of a kept reply as a resource. */
export const toReplyUri = (id: string): string => `${REPLIES_URI}/${id}`;

/** One line that says what was asked, and the reply as it came. */
export function writeReply({ endpoint, request, at, chargedUsd, body }: KeptReply): { id: string; text: string } {
  const text = `${JSON.stringify({ kept_reply: 1, at, charged_usd: chargedUsd, endpoint, request })}\n${body}`;
  const digits = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return { id: `u_${digits}`, text };
}

/** @returns undefined for any other text */
export function readReply(text: string): KeptReply | undefined {
  const end = text.indexOf("\n");
  if (end < 0 || !text.startsWith('{"kept_reply":1,')) return undefined;
  try {
    const told = JSON.parse(text.slice(0, end)) as Record<string, unknown>;
    const { at, charged_usd: chargedUsd, endpoint, request } = told;
    if (typeof at !== "number") return undefined;
    if (typeof (request as ListRequest | null)?.target !== "string") return undefined;
    return {
      ...(typeof endpoint === "string" && { endpoint }),
      at,
      chargedUsd: typeof chargedUsd === "number" ? chargedUsd : null,
      request: request as ListRequest,
      body: text.slice(end + 1),
    };
  } catch {
    return undefined;
  }
}
