import { describe, expect, it } from "vitest";
import { createLog, type LogLevel, redact } from "../../src/log.ts";

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
