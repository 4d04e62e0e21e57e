import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLog, type LogLevel, redact } from "../../src/log.ts";
import { createHider } from "../../src/secrets.ts";

function record(level: LogLevel, secrets: string[] = []) {
  const lines: string[] = [];
  const log = createLog({ level, secrets, now: () => Date.UTC(2026, 10, 3), write: (line) => lines.push(line) });
  return { log, lines };
}

describe("createLog", () => {
  it("writes one JSON line per event", () => {
    const { log, lines } = record("info");
    log.info("upstream.answered", { target: "acme.example", text: "two\nlines" });
    expect(lines).toEqual([
      '{"time":"2026-11-03T00:00:00.000Z","level":"info","event":"upstream.answered","target":"acme.example","text":"two\\nlines"}\n',
    ]);
  });

  it("tells of each line which request it belongs to", () => {
    const lines: string[] = [];
    let id: string | undefined;
    const context = () => (id === undefined ? {} : { request_id: id });
    const log = createLog({ level: "info", secrets: [], now: () => 0, write: (line) => lines.push(line), context });
    log.info("outside");
    id = "r1";
    log.info("inside", { rows: 3 });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ event: "outside" }, { request_id: "r1", rows: 3 }]);
    expect(lines[0]).not.toContain("request_id");
  });

  it("writes nothing raw that could end a line or turn its reading, and loses none of it", () => {
    const { log, lines } = record("info");
    const hostile = "a\r\nb\u0085c\u2028d\u202ee\u2066f\u200bg\u001b[31mh\u009bi\u007fj\ufeffk";
    log.info("http.request", { agent: hostile });
    expect(lines[0]?.slice(0, -1)).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(lines[0] ?? "").agent).toBe(hostile);
  });

  it.each([
    ["debug", 4],
    ["info", 3],
    ["warn", 2],
    ["error", 1],
    ["silent", 0],
  ] as const)("writes at level %s and above", (level, count) => {
    const { log, lines } = record(level);
    for (const each of ["debug", "info", "warn", "error"] as const) log[each]("event");
    expect(lines).toHaveLength(count);
  });

  it.each([
    ["plain", "swordfish-1"],
    ["with a quote and a backslash, which JSON escapes", 'sword"fish\\1'],
    ["with a character that a pattern would take for a sign", "s.w*o$r&d"],
  ])("hides a secret wherever it turns up: %s", (_what, secret) => {
    const { log, lines } = record("warn", [secret]);
    log.warn(`failed ${secret}`, { detail: `HTTP 401 ${secret}!`, [secret]: { deep: [secret] } });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      event: "failed [redacted]",
      detail: "HTTP 401 [redacted]!",
      "[redacted]": { deep: ["[redacted]"] },
    });
  });
});

describe("redact", () => {
  it.each([
    ["an access token of ours", "dpm_a1b2c3d4_Zz-_9 denied", "[redacted] denied"],
    ["a JWT", "token eyJhbGciOi.eyJzdWIi.c2ln-_ denied", "token [redacted] denied"],
    ["a key nobody told us of", "key sk-aisa-Ab_9-x, bad", "key [redacted], bad"],
    ["a key inside a longer word", "key_sk-aisa-Ab9", "key_[redacted]"],
    ["a Bearer token", "Authorization: Bearer abc.def/g+h==", "Authorization: Bearer [redacted]"],
    ["a Bearer token in small letters", "bearer abc", "bearer [redacted]"],
    ["nothing in ordinary text", "the bearing of sk-other", "the bearing of sk-other"],
  ])("hides %s", (_what, text, hidden) => {
    expect(redact(text, [])).toBe(hidden);
  });

  it("leaves nothing of a secret that holds another", () => {
    expect(redact("pass: swordfish-77", ["sword", "swordfish-77"])).toBe("pass: [redacted]");
  });

  it("does not tear text apart over a secret of a few letters", () => {
    expect(redact("abc abcd", ["abc"])).toBe("abc abcd");
  });
});

const KEY = "zz-other-form-0123456789abcdefghijklmnopqrstuvwxyz";
const AISA_KEY = "sk-aisa-Q7wR5tY9pL2mN8bV";
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a hider", () => {
  it.each([
    ["as it is", KEY],
    ["in capitals", KEY.toUpperCase()],
    ["cut at its end", KEY.slice(0, 14)],
    ["cut at its beginning", KEY.slice(-9)],
    ["cut at both", KEY.slice(5, 30)],
    ["with its middle masked", `${KEY.slice(0, 10)}****${KEY.slice(-10)}`],
    ["in base64", base64(KEY)],
    ["in base64 behind a name", base64(`me:${KEY}`)],
    ["in base64 as a header", base64(`Bearer ${KEY}`)],
    ["in base64 for URLs, cut", Buffer.from(KEY).toString("base64url").slice(0, 20)],
  ])("hides a secret %s", (_how, written) => {
    const shown = createHider([KEY]).pieces(`no key ${written}, said the gateway`);
    expect(shown).toMatch(/^no key \S*\[redacted\]\S*, said the gateway$/);
    for (let at = 0; at + 8 <= KEY.length; at++) expect(shown.toLowerCase()).not.toContain(KEY.slice(at, at + 8));
  });

  it.each([
    ["a quote and a backslash, as JSON writes them", 'p"ss\\word-7', JSON.stringify('p"ss\\word-7').slice(1, -1)],
    ["a sign, as URLs write it", "p@ss/word-7", encodeURIComponent("p@ss/word-7")],
  ])("hides a secret with %s", (_what, secret, written) => {
    expect(createHider([secret]).whole(`x ${written} y`)).toBe("x [redacted] y");
  });

  it("takes the prefix that all keys have with a piece, and leaves it alone without one", () => {
    const { pieces } = createHider([AISA_KEY]);
    expect(pieces(`bad key ${AISA_KEY.slice(0, 17)}`)).toBe("bad key [redacted]");
    expect(pieces("keys begin with sk-aisa-")).toBe("keys begin with sk-aisa-");
  });

  it("leaves data as they are, but for whole secrets", () => {
    const { whole } = createHider([KEY]);
    const data = `{"page":"https://acme.example/0123456789"} İ ${KEY.slice(0, 20)}`;
    expect(whole(data)).toBe(data);
    expect(whole(`${data}${KEY}`)).toBe(`${data}[redacted]`);
  });

  it("leaves no eight characters of a secret, wherever it is cut and whatever stands around it", () => {
    const text = fc.string({ maxLength: 30 });
    const cut = fc.tuple(fc.nat(KEY.length - 8), fc.integer({ min: 8, max: KEY.length }));
    fc.assert(
      fc.property(text, cut, text, (before, [from, length], after) => {
        const shown = createHider([AISA_KEY, KEY]).pieces(before + KEY.slice(from, from + length) + after);
        for (let at = 0; at + 8 <= KEY.length; at++) expect(shown).not.toContain(KEY.slice(at, at + 8));
        expect(shown.startsWith(before) || before.length > 0).toBe(true);
      }),
    );
  });

  it("changes nothing in a text without a secret", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(createHider(["correct horse battery"]).pieces(text)).toBe(text);
      }),
    );
  });
});
