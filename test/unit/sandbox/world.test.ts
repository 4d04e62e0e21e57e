import { describe, expect, it } from "vitest";
import { CATALOGUES } from "../../../src/pages/catalogue.ts";
import { answerDomainPages } from "../../../src/sandbox/answer-domain-pages.ts";
import { createRandom, seedOf } from "../../../src/sandbox/links.ts";
import { createWorld } from "../../../src/sandbox/world.ts";
import { ask, askTask, WORLD } from "./ask.ts";

const PAGES = WORLD.targets.flatMap((target) => WORLD.pagesOf(target));
const LINKS = PAGES.flatMap(({ backlinks }) => backlinks);

/** RFC 2606 and RFC 6761 names, and the documentation networks of RFC 5737. */
const RESERVED_NAME = /(?:^|\.)(?:example|test|example\.(?:com|net|org))$/;
const RESERVED_ADDRESS = /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}$/;

/** Whether a dotted name leads somewhere, also through an array or to a null. */
function holds(value: unknown, [step, ...rest]: string[]): boolean {
  if (step === undefined || value === null) return true;
  if (Array.isArray(value)) return value.every((each) => holds(each, [step, ...rest]));
  return (
    typeof value === "object" && Object.hasOwn(value, step) && holds((value as Record<string, unknown>)[step], rest)
  );
}

describe("the world", () => {
  it("is the same however often and in whichever order it is built", () => {
    const body = { target: "acme.example", backlinks_status_type: "all", limit: 1000 };
    const other = createWorld();
    for (const target of [...other.targets].reverse()) other.pagesOf(target);
    expect(answerDomainPages(body, other)).toEqual(answerDomainPages(body, WORLD));
  });

  it("gives the same task id for the same request and another for another", () => {
    const idOf = (limit: number) => askTask({ target: "acme.example", limit }).id;
    expect(idOf(3)).toMatch(/^\d{8}-[0-9a-f]{4}-\d{4}-\d{4}-[0-9a-f]{12}$/);
    expect(idOf(3)).toBe(idOf(3));
    expect(idOf(3)).not.toBe(idOf(4));
  });

  it("names nobody: every host and address is reserved for documentation", () => {
    const hosts = [...PAGES.map(({ domain }) => domain), ...LINKS.map(({ referrer }) => referrer.domain)];
    expect(hosts.filter((host) => !RESERVED_NAME.test(host))).toEqual([]);
    expect(LINKS.filter(({ referrer }) => !RESERVED_ADDRESS.test(referrer.ip))).toEqual([]);
  });

  it("has each page once", () => {
    const urls = PAGES.map(({ facts }) => facts["page"]);
    expect(new Set(urls).size).toBe(urls.length);
  });

  it("has what the tools are there to find", () => {
    const { items } = ask({ limit: 1000, backlinks_status_type: "all" });
    const statuses = new Set(items.map(({ status_code }) => status_code));
    expect([200, 301, 302, 403, 404, 500].filter((status) => !statuses.has(status))).toEqual([]);
    expect(items.some(({ page }) => page.startsWith("http:"))).toBe(true);
    expect(items.some(({ page }) => page.endsWith(")"))).toBe(true);
  });

  it.each([...CATALOGUES.backlinks.keys()])("gives every backlink the field %s that filters can name", (name) => {
    expect(LINKS.every(({ fields }) => holds(fields, name.split(".")))).toBe(true);
  });

  it("dates links in order: first seen, previously seen, last seen", () => {
    const inOrder = LINKS.every(({ fields: { first_seen, prev_seen, last_seen } }) => {
      const times = [first_seen, prev_seen, last_seen].map(String);
      return times.join() === [...times].sort().join();
    });
    expect(inOrder).toBe(true);
  });
});

describe("createRandom", () => {
  it("gives the same numbers for the same seed", () => {
    const draw = () => {
      const random = createRandom(seedOf("acme"));
      return Array.from({ length: 20 }, () => random.whole(1, 6));
    };
    expect(draw()).toEqual(draw());
    expect(new Set(draw())).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it("picks early items more often when skewed, and refuses to pick from nothing", () => {
    const random = createRandom(7);
    const picks = Array.from({ length: 1000 }, () => random.pickSkewed(["first", "middle", "last"]));
    const count = (name: string) => picks.filter((pick) => pick === name).length;
    expect(count("first")).toBeGreaterThan(2 * count("last"));
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
