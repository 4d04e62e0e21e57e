import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AppError } from "../../../src/errors.ts";
import { decodeText } from "../../../src/upstream/decode-text.ts";
import { readEnvelope, readSavedAnswers } from "../../../src/upstream/envelope.ts";
import { readJson } from "../../../src/upstream/read-body.ts";
import { caught } from "../../support/caught.ts";

type Json = Record<string, unknown>;

const page = (path: string, more: Json = {}): Json => ({
  type: "backlinks_domain_page",
  main_domain: "acme.example",
  page: `https://acme.example/${path}`,
  status_code: 200,
  meta: { title: `Page ${path}` },
  page_summary: { rank: 7, backlinks: 10, referring_links_tld: { com: 1 } },
  ...more,
});

const result = (paths: string[], target = "acme.example"): Json => ({
  target,
  total_count: 93,
  items_count: paths.length,
  items: paths.map((path) => page(path)),
});

const task = (results: unknown, more: Json = {}): Json => ({
  status_code: 20000,
  status_message: "Ok.",
  cost: 0.024,
  path: ["v3", "backlinks", "domain_pages", "live"],
  data: { api: "backlinks", function: "domain_pages", target: "acme.example", limit: 100 },
  result: results,
  ...more,
});

const body = (...tasks: unknown[]): Json => ({
  version: "0.1.20260610",
  status_code: 20000,
  status_message: "Ok.",
  tasks,
});

/** A page without the domain that the upstream names beside its URL. */
const bare = (path: string): Json => ({ page: `https://acme.example/${path}`, status_code: 200, page_summary: {} });

function inOtherCase(value: unknown, write: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => inOtherCase(each, write));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [write(key), inOtherCase(inner, write)]));
}

const ONE = body(task([result(["a", "b"])]));
const TWO = body(task([result(["c"])]));

const save = (value: unknown, name = "answer.json") =>
  readSavedAnswers(typeof value === "string" ? value : JSON.stringify(value), name);

const urls = (value: unknown) =>
  save(value).snapshots.map(({ items: pages }) => pages.map(({ url }) => url.slice(-1)).join(""));

const refusal = (value: unknown) => (caught(() => save(value)) as AppError).message;

describe("an answer in a form of its own", () => {
  it.each<[string, unknown]>([
    [
      "flattened, as .ai answers are",
      { id: "x", status_code: 20000, status_message: "Ok.", items: [page("a"), page("b")] },
    ],
    ["in success and data", { success: true, data: ONE }],
    [
      "in success, message and data",
      { success: true, message: "fine", data: { status_code: 20000, tasks: ONE["tasks"] } },
    ],
    ["as a task by itself", task([result(["a", "b"])])],
    ["as a result by itself", result(["a", "b"])],
    ["in data and result", { data: { result: [result(["a", "b"])] } }],
    ["as a result that is an answer", { result: ONE }],
    ["with a task outside of a list", { ...ONE, tasks: task([result(["a", "b"])]) }],
    ["as items alone", [page("a"), page("b")]],
    ["as text within JSON", { body: JSON.stringify(ONE) }],
    ["as a tool of a protocol gives it", { content: [{ type: "text", text: JSON.stringify(ONE) }] }],
    ["as a workflow tool gives it", [{ json: ONE }]],
    ["in an array of one", [ONE]],
    ["after a byte order mark", `\uFEFF${JSON.stringify(ONE)}`],
    ["as text that is JSON itself", JSON.stringify(JSON.stringify(ONE))],
    ["with an empty result before it", body(task([null, result(["a", "b"])]))],
    ["in camel case", inOtherCase(ONE, (key) => key.replace(/_([a-z])/g, (_all, letter) => letter.toUpperCase()))],
    ["in Pascal case", inOtherCase(ONE, (key) => key.replace(/(?:^|_)([a-z])/g, (_a, letter) => letter.toUpperCase()))],
    ["with capitals", inOtherCase(ONE, (key) => key.replace(/(?:^|_)[a-z]/g, (start) => start.toUpperCase()))],
    ["flattened, its domain told by its URLs alone", { items: [bare("a"), bare("b")] }],
  ])("is read %s", (_how, value) => {
    expect(urls(value)).toEqual(["ab"]);
  });

  it("with NaN and Infinity for numbers is read, and these are unknown", () => {
    const text = JSON.stringify(ONE)
      .replaceAll('"rank":7', '"rank": NaN')
      .replaceAll('"backlinks":10', '"backlinks":-Infinity');
    const [snapshot] = save(text).snapshots;
    expect(snapshot?.items[0]).toMatchObject({ rank: null, backlinks: null, title: "Page a" });
    expect(readJson('{"title":"NaN, Infinity","n":NaN}')?.values).toEqual([{ title: "NaN, Infinity", n: null }]);
  });

  it("is read to its last whole page where it breaks off, wherever that is", () => {
    const text = JSON.stringify(body(task([result(["a", "b", "c"])])));
    const ends = [...text.matchAll(/"backlinks_domain_page"/g)].map(({ index }) => index - '{"type":'.length);
    const secondEnds = (ends[1] ?? 0) - 1;
    fc.assert(
      fc.property(fc.integer({ min: secondEnds, max: text.length - 1 }), (end) => {
        const { snapshots, notes } = save(text.slice(0, end));
        const read = snapshots[0]?.items.map(({ raw }) => raw) ?? [];
        expect(read).toEqual([page("a"), page("b"), page("c")].slice(0, read.length));
        expect({ isBrokenOff: snapshots[0]?.isBrokenOff, notes }).toEqual({ isBrokenOff: true, notes: [] });
      }),
    );
    expect(refusal(text.slice(0, ends[0]))).toBe(
      "answer.json holds an answer that breaks off before its first page is whole.",
    );
  });

  it.each<[string, unknown]>([
    ["in a list", [ONE, TWO]],
    ["one on a line", `${JSON.stringify(ONE)}\n${JSON.stringify(TWO)}\n`],
    ["one after another over many lines", `${JSON.stringify(ONE, null, 2)}\r\n\r\n${JSON.stringify(TWO, null, 2)}`],
    ["in a list of a workflow tool", [{ json: ONE }, { json: TWO }]],
    ["as two tasks", body(task([result(["a", "b"])]), task([result(["c"])]))],
    ["as two results", body(task([result(["a", "b"]), result(["c"])]))],
  ])("is read beside others: %s", (_how, value) => {
    expect(urls(value)).toEqual(["ab", "c"]);
  });

  it.each<[string, (text: string) => string]>([
    ["between the lines of an event stream", (text) => `event: message\nid: 1\ndata: ${text}\n\ndata: [DONE]\n\n`],
    ["over many lines of an event", (text) => `data: ${text.replaceAll(",", ",\ndata: ")}\n\n`],
    ["below HTTP headers", (text) => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${text}`],
    ["below a warning of a program", (text) => `<b>Notice</b>: odd "offset in [x] on line {3}<br>\n${text}`],
    ["above what a program said at its end", (text) => `${text}\nreal 0m2.1s "quoted\n`],
    ["above HTML", (text) => `${text}<!-- {served} -->`],
    ["in a fence of Markdown", (text) => `Here it is:\n\`\`\`json\n${text}\n\`\`\`\n`],
    ["within text within JSON", (text) => JSON.stringify({ output: `The answer:\n${text}\nDone.` })],
    ["with a comma too many", (text) => text.replaceAll("}", ",}").replaceAll("]", " , ]")],
  ])("is read among other text: %s", (_how, wrap) => {
    expect(urls(wrap(JSON.stringify(ONE)))).toEqual(["ab"]);
  });

  it("keeps the codes of countries as they are when its keys are in another case", () => {
    const shown = page("a", { page_summary: { backlinks: 10, referring_links_countries: { US: 3, WW: 1 } } });
    const camel = inOtherCase({ items: [shown] }, (key) =>
      key.replace(/_([a-z])/g, (_all, letter) => letter.toUpperCase()),
    );
    expect(save(camel).snapshots[0]?.items[0]?.raw).toEqual(shown);
  });

  it("tells of a failure beside it", () => {
    const failed = { status_code: 40501, status_message: "Invalid Field: 'limit'.", cost: 0, result: null };
    expect(save(body(failed, task([result(["a"])]))).notes).toEqual([
      'the same reply held a failure beside it: The data provider refuses the field "limit" (code 40501).',
    ]);
  });

  it("fails within a wrapping as it fails without", () => {
    const failed = {
      status_code: 20000,
      tasks: [{ status_code: 40501, status_message: "Invalid Field: 'target'.", cost: 0 }],
    };
    for (const value of [failed, { success: true, data: failed }, [failed]]) {
      expect(readEnvelope({ status: 200, headers: {}, body: JSON.stringify(value) })).toMatchObject({
        ok: false,
        error: {
          message: 'The data provider refuses the field "target" (code 40501).',
          facts: { charge: "not_charged" },
        },
      });
    }
    expect(refusal({ success: false, message: "no", data: { items: null } })).toContain(
      "The gateway reported an error",
    );
  });
});

describe("an answer of another endpoint", () => {
  it.each<[string, Json, string]>([
    ["by its path", task([result(["a"])], { path: ["v3", "backlinks", "anchors", "live"], data: null }), "anchors"],
    [
      "by the path of another family",
      task([result(["a"])], { path: ["v3", "serp", "google", "organic"], data: {} }),
      "serp/google/organic",
    ],
    [
      "by the function it echoes",
      task([result(["a"])], { path: null, data: { function: "domain_pages_summary" } }),
      "domain_pages_summary",
    ],
    [
      "by its items",
      { ...result([]), items: [{ type: "backlinks_page_summary", url: "https://acme.example/a" }] },
      "backlinks_page_summary",
    ],
    [
      "and its name is not repeated where it is none",
      task([result(["a"])], { path: null, data: { function: "now, please" } }),
      "another endpoint",
    ],
  ])("is recognised %s", (_how, value, name) => {
    expect(refusal(value)).toBe(`answer.json holds the answer of another endpoint, ${name}, and not of domain_pages.`);
  });

  it.each<[string, Json]>([
    ["of links", { url_from: "https://other.example/x", url_to: "https://acme.example/a", anchor: "x" }],
    ["of a summary of pages", { url: "https://acme.example/a", backlinks: 3 }],
    ["of months", { date: "2026-01-01 00:00:00 +00:00", backlinks: 3 }],
    ["of counts in bulk", { target: "acme.example", rank: 3 }],
  ])("is refused where nothing but its items tells what it is: %s", (_what, item) => {
    const holds = "answer.json holds a list of something else than pages.";
    expect(refusal({ ...result([]), items: [item, null] })).toBe(holds);
    expect(refusal(body(task([{ ...result([]), items: [item] }], { path: null, data: null })))).toBe(holds);
  });

  it("is not seen in a list of pages whose address is empty", () => {
    expect(save({ ...result([]), items: [{ page: "", page_summary: {} }] }).snapshots).toHaveLength(1);
  });

  it("is refused from the gateway too, and may have been charged", () => {
    const value = body(task([result(["a"])], { data: { function: "anchors" } }));
    expect(readEnvelope({ status: 200, headers: {}, body: JSON.stringify(value) })).toMatchObject({
      ok: false,
      error: { kind: "contract", facts: { charge: "unknown" } },
    });
  });
});

describe("a file", () => {
  it.each<[string, (text: string) => Buffer]>([
    ["UTF-8", (text) => Buffer.from(text)],
    ["UTF-8 with a mark", (text) => Buffer.from(`\uFEFF${text}`)],
    ["UTF-16, as Windows writes it", (text) => Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16 without a mark", (text) => Buffer.from(text, "utf16le")],
    ["UTF-16, the greater half first", (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
    ["UTF-16, the greater half first, without a mark", (text) => Buffer.from(text, "utf16le").swap16()],
    ["gzip, as a body was saved that came in it", (text) => gzipSync(text)],
    ["gzip over UTF-16", (text) => gzipSync(Buffer.from(`\uFEFF${text}`, "utf16le"))],
  ])("is read in %s", (_encoding, encode) => {
    const text = JSON.stringify(body(task([result(["ö"])])));
    expect(urls(decodeText(encode(text)))).toEqual(["ö"]);
  });

  it.each([
    ["", "something that is no JSON object"],
    ["<html>", "something that is no JSON object"],
    ['{"a":1} and so on', "something that is no JSON object"],
    ['<script>var x = {"state":[{"a":1}]}</script>', "something that is no JSON object"],
    ['{"a":[1}', "something that is no JSON object"],
    ["{}", "JSON that holds no list of pages"],
    ["[1, 2]", "JSON that holds no list of pages"],
    [JSON.stringify(body()), "an answer without a task"],
  ])("without an answer says so: %j", (text, holds) => {
    expect(refusal(text)).toBe(`answer.json holds ${holds}.`);
  });

  it("never makes the reader throw anything but a refusal", () => {
    const pieces = fc.array(
      fc.constantFrom("{", "}", "[", "]", ",", ":", '"items"', '"tasks"', '"', "NaN", "1", " ", "\n"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          pieces.map((list) => list.join("")),
        ),
        (text) => {
          const outcome = readEnvelope({ status: 200, headers: {}, body: text });
          if (outcome.ok) expect(outcome.answer).toBeDefined();
          else expect(outcome.error.name).toBe("AppError");
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("the id of an imported answer", () => {
  const withoutIds = (path: string) => body(task([result([path])], { id: undefined }));

  it("differs wherever the content does, and is the same for the same content", () => {
    const id = (value: unknown) => save(value).snapshots[0]?.id;
    const variants = [
      withoutIds("a"),
      withoutIds("b"),
      body(task([{ ...result(["a"]), items: [page("a", { location: "/b" })] }])),
      body(task([result(["a"])], { data: { target: "acme.example", limit: 7 } })),
      body(task([result(["a"])], { cost: 0.03 })),
    ];
    expect(new Set(variants.map(id)).size).toBe(variants.length);
    expect(id(withoutIds("a"))).toBe(id(JSON.parse(JSON.stringify(withoutIds("a")))));
    expect(id({ success: true, data: withoutIds("a") })).toBe(id(withoutIds("a")));
  });

  it("counts an answer that stands twice in a file once", () => {
    expect(save([ONE, ONE]).snapshots).toHaveLength(1);
  });
});
