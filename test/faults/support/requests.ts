import { toRequestBody, toRequestKey } from "../../../src/lists/request.ts";
import { DOMAIN_PAGES, parseRequest } from "../../../src/pages/domain-pages.ts";

/** Arguments of a call. */
export type Asked = { target: string } & Record<string, unknown>;

const parse = (asked: Asked) => parseRequest(asked, { allowUnknownFields: false, mapBareNames: true }).request;

/** The body as the product sends it. */
export const toBody = (asked: Asked): object => toRequestBody(parse(asked));

/** @param baseUrl of the gateway: answers of one do not stand for those of another */
export const keyOf = (asked: Asked, baseUrl: string): string => toRequestKey(DOMAIN_PAGES, parse(asked), baseUrl);

/** Left out is acme.example: its 93 pages take the sandbox ten times as long, and are no different here. */
const TARGETS = ["shop.acme.example", "example.com", "example.org", "xn--bcher-kva.example"];

/** More backlinks than any page of the sandbox has. */
const MANY = 1_000_000;

/**
 * Different requests, as many as are wanted: each has a key of its own, and a filter that keeps every page, so that none is
 * answered by a slice of what another has bought.
 */
export function makeRequests(count: number): Asked[] {
  return Array.from({ length: count }, (_, index) => {
    const target = TARGETS[index % TARGETS.length] ?? "example.com";
    const turn = Math.floor(index / TARGETS.length);
    return {
      target,
      limit: 1 + (turn % 3),
      ...(turn >= 3 && { offset: Math.floor(turn / 3) }),
      filters: ["page_summary.backlinks", "<", MANY + index],
    };
  });
}
