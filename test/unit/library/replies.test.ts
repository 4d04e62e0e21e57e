import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/errors.ts";
import {
  describeFailure,
  parseRequest,
  type Reply,
  readReply,
  readSavedAnswer,
  requestSchema,
  toRequestBody,
  toRequestKey,
} from "../../../src/library/pages.ts";
import { toAdvertisedSchema } from "../../../src/lists/request-fields.ts";
import { BODY as FIELDS } from "../../../src/pages/body.ts";
import { readEnvelope } from "../../../src/upstream/envelope.ts";
import { ERROR_NAMES, readAnswer, readErrorReply } from "../../fixtures/load.ts";
import { caught } from "../../support/caught.ts";

const BODY = readAnswer("ten-pages");
const RECEIVED_AT = Date.UTC(2026, 10, 24, 9, 30);
const { request } = parseRequest({ target: "acme.example", limit: 10 });
const CALL = { request, receivedAt: RECEIVED_AT };

const read = (more: Partial<Reply> = {}, call = {}) =>
  readReply({ status: 200, body: BODY, ...more }, { ...CALL, ...call });

describe("a reply that is read", () => {
  it("is a snapshot of the request that was sent", () => {
    const snapshot = read();
    expect(snapshot).toMatchObject({ source: "aisa", request, fetchedAt: RECEIVED_AT, totalCount: 8143 });
    expect(snapshot.items.map(({ handle }) => handle)).toEqual(Array.from({ length: 10 }, (_, at) => `p${at + 1}`));
  });

  it("may be text or what was parsed of it", () => {
    expect(read({ body: JSON.parse(BODY) })).toEqual(read());
  });

  it("shares nothing with the object that it came as", () => {
    const body = JSON.parse(BODY);
    const snapshot = read({ body });
    body.tasks[0].result[0].items[0].page_summary.backlinks = 7;
    body.tasks[0].result[0].items.length = 1;
    expect(snapshot).toEqual(read());
  });

  it.each<[string, NonNullable<Reply["headers"]>]>([
    ["of fetch", new Headers({ "X-AISA-Price-USD": "0.024" })],
    ["of Node", { "x-aisa-price-usd": "0.024", "set-cookie": ["a", "b"], via: undefined }],
    ["in capitals", { "X-AISA-Price-USD": ["0.024"] }],
    ["as pairs", [["x-aisa-price-usd", "0.024"]]],
  ])("tells the charge by the headers %s", (_, headers) => {
    expect(read({ headers }).charge).toEqual({ kind: "reported", usd: 0.024 });
  });

  it("does not take a charge that is not told for nothing", () => {
    expect(read().charge).toEqual({ kind: "not_reported" });
  });

  it("is told apart by source and upstream", () => {
    const snapshots = [read(), read({}, { source: "sandbox" }), read({}, { upstream: "https://other.example" })];
    expect(new Set(snapshots.map(({ requestKey }) => requestKey)).size).toBe(3);
    expect(snapshots.map(({ source }) => source)).toEqual(["aisa", "sandbox", "aisa"]);
  });

  it("without pages is a snapshot without pages", () => {
    expect(read({ body: readAnswer("empty-40102") }).items).toEqual([]);
  });
});

describe("a reply that is a failure", () => {
  it.each(ERROR_NAMES)("says the same as the server says: %s", (name) => {
    const reply = readErrorReply(name);
    const outcome = readEnvelope(reply, RECEIVED_AT);
    if (outcome.ok) throw new Error("the fixture is no failure");
    const error = caught(() => readReply(reply, CALL));
    expect(error).toEqual(outcome.error);
    expect(error).toBeInstanceOf(AppError);
  });

  it("may name the time to wait as a date, which needs the time when it came", () => {
    const reply = {
      ...readErrorReply("gateway-429-rate-limit"),
      headers: { "retry-after": "Tue, 24 Nov 2026 09:31:30 GMT" },
    };
    const waitAfter = (receivedAt: number | null) =>
      (caught(() => readReply(reply, { request, receivedAt })) as AppError).facts.retryAfterMs;
    expect(waitAfter(RECEIVED_AT)).toBe(90_000);
    expect(waitAfter(null)).not.toBe(90_000);
  });

  it.each([
    ["nothing", undefined],
    ["a list", []],
    ["a page", "<html>"],
  ])("is %s, which may have been charged", (_, body) => {
    expect(caught(() => read({ body }))).toMatchObject({ kind: "contract", facts: { charge: "unknown" } });
  });

  it("is what JSON cannot hold", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    expect(caught(() => read({ body: loop }))).toMatchObject({ name: "AppError", kind: "input" });
  });
});

describe("a saved answer", () => {
  it("tells its request and its time itself", () => {
    const snapshot = readSavedAnswer(BODY);
    expect(snapshot).toMatchObject({ source: "import", charge: { kind: "none" }, request: { target: "acme.example" } });
    expect(snapshot.fetchedAt).toBe(Date.UTC(2026, 10, 3, 14, 20));
    expect(readSavedAnswer(JSON.parse(BODY))).toEqual(snapshot);
  });

  it("of a failed call is refused", () => {
    const { body } = readErrorReply("provider-task-40501-target");
    expect(caught(() => readSavedAnswer(body))).toMatchObject({
      kind: "input",
      message: expect.stringMatching(/^The saved answer holds no usable answer: /),
    });
  });
});

describe("the schema of a request", () => {
  it("is the one that the server advertises", () => {
    expect(requestSchema()).toEqual(toAdvertisedSchema(FIELDS));
  });

  it("is the caller's own, to change as they like", () => {
    const schema = requestSchema();
    schema["title"] = "mine";
    (schema["properties"] as Record<string, unknown>)["more"] = {};
    expect(requestSchema()).toEqual(toAdvertisedSchema(FIELDS));
  });
});

describe("a request that is read", () => {
  it("is kind on form, and says what it read differently", () => {
    const read = parseRequest(
      '{"target":"https://www.Acme.example/shop","limit":"50","filters":"[\\"referring_pages\\",\\">\\",5]","tag":null}',
    );
    expect(read.request).toMatchObject({
      target: "acme.example",
      limit: 50,
      filters: { field: "page_summary.referring_pages" },
    });
    expect(read.notes).toHaveLength(2);
    expect(read.notes[0]).toContain('read as "acme.example"');
  });

  it("is refused with the field, the rule and a value that works, for every field at once", () => {
    const error = caught(() => parseRequest({ target: "acme.example", limit: 5000, rank_scale: "ten", sorting: [] }));
    expect(error).toBeInstanceOf(AppError);
    expect(describeFailure(error as AppError).split("\n")).toEqual([
      'limit: must be a whole number, 1 to 1000, got "5000"; try 1000',
      'rank_scale: must be one of one_thousand, one_hundred, got "ten"; try "one_thousand"',
      expect.stringMatching(/^"sorting": unknown argument; the arguments are target, limit, /),
      "Not charged.",
    ]);
    expect((error as AppError).facts.refused).toEqual(["limit", "rank_scale", '"sorting"']);
  });

  it("takes fields that the catalogue does not know only where that is asked for", () => {
    const input = { target: "acme.example", order_by: ["page_summary.brand_new,desc"] };
    expect(() => parseRequest(input)).toThrow("order_by[0]");
    expect(toRequestBody(parseRequest(input, { allowUnknownFields: true }).request).order_by).toEqual(input.order_by);
  });

  it("becomes a body without the keys that were left out", () => {
    const { request } = parseRequest({ target: "acme.example", filters: [["status_code", ">=", 400]], limit: null });
    expect(toRequestBody(request)).toEqual({ target: "acme.example", filters: ["status_code", ">=", 400] });
  });
});

describe("the key of a request", () => {
  const keyOf = (input: object, upstream?: string) =>
    toRequestKey(parseRequest({ target: "acme.example", ...input }).request, upstream);

  it("is the same for every spelling of the same wish", () => {
    expect(keyOf({})).toMatch(/^[0-9a-f]{32}$/);
    expect(keyOf({ limit: 100, tag: "mine", include_subdomains: true })).toBe(keyOf({}));
    expect(keyOf({ target: "https://www.acme.example/" })).toBe(keyOf({}));
  });

  it("is stable from release to release, since answers are kept under it", () => {
    expect(keyOf({})).toMatchInlineSnapshot(`"f738b2756f210770f7a743d89a5754df"`);
  });

  it("differs with what is asked and with who is asked", () => {
    expect(new Set([keyOf({}), keyOf({ limit: 10 }), keyOf({}, "other")]).size).toBe(3);
  });
});
