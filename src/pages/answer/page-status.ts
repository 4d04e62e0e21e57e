import type { Page } from "../snapshot/page.ts";

/** What a page answered when it was last crawled; none of these is said of a page whose status is unknown. */
const isBetween = ({ status }: Page, from: number, below: number): boolean =>
  status !== null && status >= from && status < below;

/** It gives its visitors what they came for. */
export const isLive = (page: Page): boolean => isBetween(page, 200, 300);

/** It sends its visitors elsewhere. */
export const isRedirect = (page: Page): boolean => isBetween(page, 300, 400);

/** Whoever follows a link to it meets an error. */
export const isDead = (page: Page): boolean => isBetween(page, 400, Number.POSITIVE_INFINITY);
