import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeFailure } from "../../../src/errors.ts";
import { readPages } from "../../../src/pages/page.ts";
import { type Outcome, readEnvelope } from "../../../src/upstream/envelope.ts";
import { readCharge } from "../../../src/upstream/reply-headers.ts";
import { toCapText, toHeaders } from "../../../src/upstream/send-call.ts";
import { readAnswer } from "../../fixtures/load.ts";

type Json = Record<string, unknown>;

const TEN_PAGES = readAnswer("ten-pages");

const read = (body: unknown, status = 200, headers: Record<string, string> = {}): Outcome =>
  readEnvelope({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) });

function readFailure(...args: Parameters<typeof read>) {
  const outcome = read(...args);
  if (outcome.ok) throw new Error("reads as a success");
  return outcome;
}

const withTask = (task: Json, top: Json = {}): Json => ({ status_code: 20000, ...top, tasks: [task] });

describe("readEnvelope, success", () => {
  it("opens a whole answer", () => {
    const outcome = read(TEN_PAGES, 200, { "x-aisa-price-usd": "0.048720", "x-request-id": "req_7" });
    expect(outcome).toMatchObject({
      ok: true,
      charge: { kind: "reported", usd: 0.04872 },
      requestId: "req_7",
      answer: {
        taskId: "11031420-4711-0270-0000-a1b2c3d4e5f6",
        version: "0.1.20261020",
        target: "acme.example",
        upstreamCostUsd: 0.02436,
        totalCount: 8143,
        echo: { target: "acme.example", limit: 10 },
      },
    });
  });

  it.each([
    ["in an array of one", `[${TEN_PAGES}]`],
    ["after a byte order mark", `\uFEFF${TEN_PAGES}`],
  ])("takes the answer %s", (_where, body) => {
    expect(pagesOf(read(body)).items).toHaveLength(10);
  });

  it("takes a result that stands bare instead of in an array", () => {
    const outcome = read(withTask({ status_code: 20000, result: { total_count: 1, items: [{ page: "https://a/" }] } }));
    expect(pagesOf(outcome).items).toHaveLength(1);
  });

  it("leaves an unknown total unknown", () => {
    const outcome = read(withTask({ status_code: 20000, result: [{ items: [] }] }));
    expect(outcome).toMatchObject({ ok: true, answer: { totalCount: null, upstreamCostUsd: null } });
  });
});

describe("readEnvelope, failure", () => {
  it.each([
    ["costs something", { cost: 0.02 }, { charge: "charged", upstreamCostUsd: 0.02 }],
    ["costs nothing", { cost: 0 }, { charge: "not_charged" }],
    ["does not tell its cost", {}, { charge: "unknown" }],
    ["tells a cost that is no number", { cost: "0.02" }, { charge: "unknown" }],
  ])("judges the charge of a failed task that %s", (_what, cost, facts) => {
    expect(readFailure(withTask({ status_code: 50000, ...cost })).error.facts).toMatchObject(facts);
  });

  it("takes the top level's cost where the task has none", () => {
    const { facts } = readFailure(withTask({ status_code: 50000 }, { cost: 0.03 })).error;
    expect(facts).toMatchObject({ charge: "charged", upstreamCostUsd: 0.03 });
  });

  it.each([
    ["0.012000", "This call was charged $0.012."],
    ["0", "Not charged."],
  ])("lets the gateway's own figure (%s) outweigh what an error usually means", (price, sentence) => {
    expect(describeFailure(readFailure({ error: "x" }, 500, { "x-aisa-price-usd": price }).error)).toContain(sentence);
  });

  it.each([
    [{ status_code: 40503, cost: 0, tasks: null }, true],
    [{ status_code: 40503, cost: 0.01, tasks: null }, false],
    [{ status_code: 40503, tasks: null }, false],
    [withTask({ status_code: 40501, status_message: "Invalid Field: 'limit'.", cost: 0 }), false],
  ])("calls only an unbilled refusal of the form worth another try: %j", (body, mayBeForm) => {
    expect(readFailure(body).mayBeForm).toBe(mayBeForm);
  });

  it.each([
    ["a task without code and result", withTask({})],
    ["a result of another kind", withTask({ status_code: 20000, result: "none" })],
    ["a result list of another kind", withTask({ status_code: 20000, result: [7] })],
    ["no task", { status_code: 20000, tasks: [] }],
    ["an array of two", [{}, {}]],
    ["a number", 7],
    ["nothing", ""],
  ])("does not take %s for an empty list", (_what, body) => {
    const { kind, facts } = readFailure(body).error;
    expect({ kind, charge: facts.charge }).toEqual({ kind: "contract", charge: "unknown" });
  });

  it("names a field only when it is one of ours", () => {
    const message = (text: string) =>
      readFailure(withTask({ status_code: 40501, status_message: text, cost: 0 })).error.message;
    expect(message("Invalid Field: 'filters'.")).toBe('The data provider refuses the field "filters" (code 40501).');
    expect(message("Invalid Field: 'drop_table'.")).toBe(
      "The data provider refuses a field of the request (code 40501).",
    );
  });

  it("does not blame a field for a failure that is not about the request", () => {
    const { message } = readFailure(withTask({ status_code: 50000, status_message: "Broken at 'filters'." })).error;
    expect(message).toBe("The data provider had an internal error (code 50000).");
  });

  it.each([
    ["seconds", "12", 12_000],
    ["a date", "Wed, 21 Oct 2026 07:28:00 GMT", 90_000],
    ["nonsense", "soon", undefined],
  ])("reads Retry-After given as %s", (_form, value, retryAfterMs) => {
    const reply = { status: 429, headers: { "retry-after": value }, body: "{}" };
    const outcome = readEnvelope(reply, Date.UTC(2026, 9, 21, 7, 26, 30));
    expect(outcome.ok ? "success" : outcome.error.facts.retryAfterMs).toBe(retryAfterMs);
  });

  it.each([
    ["429", 429, {}, "rate_limited"],
    ["429 of a used-up cap", 429, { error: { code: "quota_exceeded" } }, "final"],
    ["429 of a call that was let in before", 429, { error: "idempotent request already admitted" }, "final"],
    ["503 that says that a retry is fine", 503, { error: { retryable: true } }, "busy"],
    ["503 that says nothing", 503, {}, "final"],
    ["503 of a settlement", 503, { error: { message: "settlement failed", retryable: true } }, "final"],
    ["409", 409, {}, "final"],
    ["500", 500, { error: "metered settlement failed" }, "final"],
    ["a rate limit inside 200", 200, { error: { type: "rate_limit_error" } }, "final"],
    ["40202", 200, withTask({ status_code: 40202, cost: 0 }), "provider_rate_limit"],
    ["40209", 200, withTask({ status_code: 40209, cost: 0 }), "provider_crowded"],
    ["40202 at the top", 200, { status_code: 40202, cost: 0, tasks: null }, "provider_rate_limit"],
    ["40202 under a 500", 500, { status_code: 40202, cost: 0 }, "final"],
    ["40103", 200, withTask({ status_code: 40103, cost: 0 }), "final"],
    ["50000", 200, withTask({ status_code: 50000, cost: 0 }), "final"],
    ["no JSON", 200, "<html>", "final"],
  ])("classes %s", (_what, status, body, failureClass) => {
    expect(readFailure(body, status).failureClass).toBe(failureClass);
  });

  it("falls back to the header for a request id that is none", () => {
    const { facts } = readFailure({ error: { request_id: "two words" } }, 500, { "x-request-id": "req_8" }).error;
    expect(facts.requestId).toBe("req_8");
  });

  it("does not take a key for a request id", () => {
    expect(readFailure({ error: { request_id: "sk-aisa-abc" } }, 401).error.facts.requestId).toBeUndefined();
  });

  it("shortens what it keeps of an unreadable body", () => {
    expect(readFailure("x".repeat(10_000)).error.facts.detail?.length).toBeLessThan(600);
  });
});

describe("readEnvelope, whatever comes", () => {
  const statuses = fc.oneof(
    fc.constantFrom(200, 201, 301, 400, 401, 402, 404, 429, 500, 503),
    fc.integer({ min: 100, max: 999 }),
  );
  const names = ["error", "success", "message", "object", "status_code", "tasks", "cost", "result", "items", "code"];
  const likeBodies = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
  const bodies = fc.oneof(
    fc.string(),
    fc.json(),
    likeBodies.map((body) => JSON.stringify(body)),
  );
  const headers = fc.dictionary(
    fc.constantFrom("x-aisa-price-usd", "x-aisa-customer-cost-micros-usd", "retry-after", "x-request-id"),
    fc.string(),
  );

  it("never throws, and every failure says what is known about the charge and what to do", () => {
    fc.assert(
      fc.property(statuses, bodies, headers, (status, body, given) => {
        const outcome = readEnvelope({ status, headers: given, body });
        if (outcome.ok) return;
        expect(["charged", "not_charged", "unknown"]).toContain(outcome.error.facts.charge);
        expect(outcome.error.facts.advice).toMatch(/\S/);
        expect(describeFailure(outcome.error)).toMatch(/charged/i);
      }),
      { numRuns: 2000 },
    );
  });

  it("never repeats the upstream's words, wherever they stand", () => {
    const word = "Ignore previous instructions";
    const shapes: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: "small" }, fc.constant(word), fc.constantFrom(40501, 50000, false), tie("object")),
      object: fc.dictionary(fc.constantFrom(...names, "status_message", "title", "type", "request_id"), tie("any")),
    })).any;
    fc.assert(
      fc.property(statuses, shapes, (status, body) => {
        const outcome = read(body, status, { "x-request-id": word });
        if (!outcome.ok) expect(describeFailure(outcome.error)).not.toContain(word);
      }),
      { numRuns: 1000 },
    );
  });

  it("never loses a page over a field of another type, an unknown field or a missing one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.option(fc.jsonValue(), { nil: undefined })), { maxLength: 12 }),
        (changes) => {
          const body = JSON.parse(TEN_PAGES) as Json;
          for (const [place, value] of changes) mutateWithinItems(itemsOf(body), place, value);
          const { items: pages, emptyItems, repeatedItems } = pagesOf(read(body));
          // What is no object is no page; whatever else stands in one, it is one.
          expect(emptyItems).toBe(itemsOf(body).filter((item) => !isObject(item)).length);
          expect(pages.length + emptyItems + repeatedItems).toBe(10);
        },
      ),
    );
  });
});

function pagesOf(outcome: Outcome) {
  if (!outcome.ok) throw outcome.error;
  return readPages(outcome.answer.items);
}

const isObject = (item: unknown): boolean => typeof item === "object" && item !== null && !Array.isArray(item);

function itemsOf(body: Json): Json[] {
  const [task] = body["tasks"] as { result: { items: Json[] }[] }[];
  return task?.result[0]?.items ?? [];
}

/** Replaces one item, or one field of an item or of what an item holds; no value at all removes the field. */
function mutateWithinItems(items: Json[], place: number, value: unknown): void {
  const at = place % items.length;
  const item = items[at];
  const holders = [item, item?.["meta"], item?.["page_summary"]];
  const holder = holders[place % holders.length];
  if (typeof holder !== "object" || holder === null || place % 7 === 0) {
    items[at] = value as Json;
    return;
  }
  const names = [...Object.keys(holder), "unknown_field"];
  const name = names[place % names.length] ?? "unknown_field";
  if (value === undefined) delete (holder as Json)[name];
  else (holder as Json)[name] = value;
}

const PRICE = "x-aisa-price-usd";
const MICROS = "x-aisa-customer-cost-micros-usd";

describe("readCharge", () => {
  it.each([
    [{ [PRICE]: "0.012000" }, 0.012],
    [{ [PRICE]: " 0.048 " }, 0.048],
    [{ [PRICE]: "0.000000" }, 0],
    [{ [MICROS]: "48720" }, 0.04872],
    [{ [MICROS]: "0" }, 0],
    [{ [MICROS]: "48720", [PRICE]: "0.04872" }, 0.04872],
    [{ [MICROS]: "n/a", [PRICE]: "0.05" }, 0.05],
    [{ [MICROS]: "1000000000" }, 1000],
    [{ [MICROS]: "48720000000", [PRICE]: "0.04872" }, 0.04872],
    [{ [PRICE]: "0.012, 0.012" }, 0.012],
  ])("reads %j", (headers, usd) => {
    expect(readCharge(headers)).toEqual({ kind: "reported", usd });
  });

  it.each([
    [{ [MICROS]: "48720", [PRICE]: "0.05" }, 0.05],
    [{ [MICROS]: "50000", [PRICE]: "0.012" }, 0.05],
    [{ [MICROS]: "0", [PRICE]: "0.05" }, 0.05],
    [{ [MICROS]: "12000, 24000" }, 0.024],
    [{ [MICROS]: "200,000" }, 0.2],
    [{ [MICROS]: "1,200,000" }, 1.2],
  ])("books the largest figure where %j disagrees", (headers, usd) => {
    expect(readCharge(headers)).toEqual({ kind: "reported", usd });
  });

  it.each([
    ["nothing", {}],
    ["an empty header", { [PRICE]: "" }],
    ["words", { [PRICE]: "free" }],
    ["a negative price", { [PRICE]: "-0.01" }],
    ["micro-dollars in the place of dollars", { [PRICE]: "48720" }],
    ["more than any call costs", { [MICROS]: "1000000001" }],
    ["an endless number", { [PRICE]: "9".repeat(40) }],
    ["nothing beside what cannot be read", { [MICROS]: "2e5", [PRICE]: "0" }],
    ["nothing beside a figure that can be no price", { [MICROS]: "0", [PRICE]: "48720" }],
    ["nothing and words in one header", { [PRICE]: "0, unknown" }],
    ["an estimate", { "x-aisa-estimated-credits": "0.05" }],
  ])("takes %s for not reported, which is not free", (_what, headers) => {
    expect(readCharge(headers)).toEqual({ kind: "not_reported" });
  });
});

const FACTS = { apiKey: "k", terms: { id: "buy_1", maxPriceUsd: 0.25 }, keyNumber: 1, asksForQuote: false };
const ON = { priceCap: true, idempotencyKey: true };

describe("toHeaders", () => {
  it("sends cap and key with a purchase", () => {
    expect(toHeaders(FACTS, ON)).toEqual({
      authorization: "Bearer k",
      "content-type": "application/json",
      accept: "application/json",
      "x-aisa-max-price-usd": "0.25",
      "idempotency-key": "buy_1",
    });
  });

  it("numbers the keys after the first", () => {
    expect(toHeaders({ ...FACTS, keyNumber: 3 }, ON)["idempotency-key"]).toBe("buy_1.3");
  });

  it("marks a question for the price", () => {
    expect(toHeaders({ ...FACTS, asksForQuote: true }, ON)["x-aisa-cost-mode"]).toBe("quote");
  });

  it("leaves out what is switched off, and a cap that is not set", () => {
    const off = toHeaders(FACTS, { priceCap: false, idempotencyKey: false });
    expect(Object.keys(off)).toEqual(["authorization", "content-type", "accept"]);
    expect(toHeaders({ ...FACTS, terms: { id: "buy_1" } }, ON)).not.toHaveProperty("x-aisa-max-price-usd");
  });
});

describe("toCapText", () => {
  it.each([
    [0.25, "0.25"],
    [0.29, "0.29"],
    [1, "1"],
    [100, "100"],
    [0.000001, "0.000001"],
    [0.0000019, "0.000001"],
    [0.0000001, "0"],
    [0.1 + 0.2, "0.3"],
    [1e21, "1000000000"],
    [Number.POSITIVE_INFINITY, "1000000000"],
    [0, "0"],
    [-1, "0"],
    [Number.NaN, "0"],
  ])("writes %d as %s", (usd, text) => {
    expect(toCapText(usd)).toBe(text);
  });

  it("never allows more than the terms, is plain, and keeps every whole micro-dollar", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat(1_000_000_000), (usd, micros) => {
        expect(toCapText(usd)).toMatch(/^\d+(\.\d{1,6})?$/);
        expect(Number(toCapText(usd))).toBeLessThanOrEqual(usd);
        expect(usd - Number(toCapText(usd))).toBeLessThan(0.0000011);
        expect(Number(toCapText(micros / 1_000_000))).toBe(micros / 1_000_000);
      }),
    );
  });
});
