import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/errors.ts";
import { importAnswer } from "../../../../src/pages/import-answer.ts";
import { toRequestBody } from "../../../../src/pages/request.ts";
import type { EndpointAnswer } from "../../../../src/pages/snapshot.ts";
import { caught } from "../../../support/caught.ts";

const ANSWER: EndpointAnswer = {
  taskId: "07081446-1234-0270-0000-0123456789ab",
  version: "0.1.20260610",
  echo: { api: "backlinks", function: "domain_pages", target: "acme.example", limit: 10, order_by: null },
  target: "acme.example",
  upstreamCostUsd: 0.02436,
  totalCount: 2,
  items: [{ page: "https://acme.example/", fetch_time: "2026-07-01 10:00:00 +00:00" }],
};

const answer = (change: Partial<EndpointAnswer>): EndpointAnswer => ({ ...ANSWER, ...change });

describe("a saved answer", () => {
  it("becomes a snapshot that was not bought here", () => {
    expect(importAnswer(ANSWER)).toMatchObject({
      source: "import",
      request: { target: "acme.example", limit: 10 },
      fetchedAt: Date.UTC(2026, 6, 8, 14, 46),
      charge: { kind: "none" },
      upstreamCostUsd: 0.02436,
      totalCount: 2,
      oddFields: 0,
    });
  });

  it("gets the same id each time, and another one for another answer", () => {
    const { id } = importAnswer(ANSWER);
    expect(id).toMatch(/^s_[0-9a-hjkmnp-tv-z]{8}$/);
    expect(importAnswer(structuredClone(ANSWER)).id).toBe(id);
    expect(importAnswer(answer({ taskId: "07081447-1234-0270-0000-0123456789ab" })).id).not.toBe(id);
  });

  it("keeps the filters and the order of its echo", () => {
    const body = {
      target: "acme.example",
      filters: [["page_summary.backlinks", ">", 5], "and", ["some.future_field", "=", 1]],
      order_by: ["page_summary.backlinks,desc"],
    };
    expect(toRequestBody(importAnswer(answer({ echo: { api: "backlinks", ...body } })).request)).toEqual(body);
  });

  it("is known by its target alone where its echo is not understood", () => {
    expect(importAnswer(answer({ echo: { target: "acme.example", limit: "lots" } })).request).toEqual({
      target: "acme.example",
    });
    expect(importAnswer(answer({ echo: "nothing" })).request).toEqual({ target: "acme.example" });
  });

  it("is refused when it does not name its target", () => {
    const error = caught(() => importAnswer(answer({ echo: null, target: null })));
    expect(error).toMatchObject({ kind: "input", message: "The saved answer does not name its target." });
  });
});

describe("the time of a saved answer", () => {
  const timeOf = (change: Partial<EndpointAnswer>) => {
    const { fetchedAt } = importAnswer(answer(change));
    return fetchedAt === null ? null : new Date(fetchedAt).toISOString().slice(0, 16);
  };

  it("is read from the task's id and the newest date in the answer", () => {
    expect(timeOf({})).toBe("2026-07-08T14:46");
  });

  it("falls in the year after the newest date where it would lie before it", () => {
    expect(timeOf({ taskId: "01020304-x", items: null })).toBe("2027-01-02T03:04");
  });

  it("may lie a little before the newest crawl", () => {
    expect(timeOf({ items: [{ fetch_time: "2026-07-08 20:00:00 +00:00" }, null, { fetch_time: 5 }] })).toBe(
      "2026-07-08T14:46",
    );
  });

  it("is unknown without an id or without any date", () => {
    expect(timeOf({ taskId: null })).toBeNull();
    expect(timeOf({ taskId: "13320000-x" })).toBeNull();
    expect(timeOf({ taskId: "abc" })).toBeNull();
    expect(timeOf({ version: null, items: null })).toBeNull();
  });

  it("is found among more items than a function takes arguments", () => {
    expect(timeOf({ items: Array(200_000).fill({ fetch_time: "2026-07-01 10:00:00 +00:00" }) })).toBe(
      "2026-07-08T14:46",
    );
  });
});

it("imports or refuses any answer", () => {
  fc.assert(
    fc.property(
      fc.record({
        echo: fc.jsonValue(),
        items: fc.jsonValue(),
        target: fc.option(fc.string()),
        taskId: fc.option(fc.string()),
      }),
      (change) => {
        try {
          expect(importAnswer(answer(change)).source).toBe("import");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      },
    ),
  );
});
