import { setImmediate as settled } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.ts";
import { createTestIo } from "../support/test-io.ts";

describe("the command line at a terminal", () => {
  it("aligns the table and keeps to the window", async () => {
    const io = createTestIo(["get", "xn--bcher-kva.example"], { terminalWidth: 80 });
    expect(await run(io)).toBe(0);
    await settled();
    await expect(io.written("stdout")).toMatchFileSnapshot("__snapshots__/terminal-80.txt");
  });

  it("shows a progress line on stderr and removes it", async () => {
    const io = createTestIo(["get", "example.com", "--limit", "1"], { terminalWidth: 100 });
    await run(io);
    await settled();
    expect(io.written("stderr")).toBe("\r\u001b[Kasking the sandbox … 0 s\r\u001b[K");
  });

  const REFUSED = ["get", "acme.example", "--body", '{"limt":5,"filtres":["http","=",404],"limit":0}'];

  it.each([80, 120])("of %d columns wraps at words what stands on stderr, too", async (terminalWidth) => {
    const io = createTestIo(REFUSED, { terminalWidth });
    expect(await run(io)).toBe(2);
    await settled();
    const told = io.written("stderr").split("\u001b[K").at(-1) ?? "";
    const lines = told.trimEnd().split("\n");
    expect(lines.filter((line) => line.length > terminalWidth)).toEqual([]);
    const piped = createTestIo(REFUSED);
    await run(piped);
    await settled();
    const words = (text: string) => text.split(/\s+/);
    expect(words(told)).toEqual(words(piped.written("stderr")));
    expect(piped.written("stderr").split("\n").length).toBeLessThan(lines.length);
  });

  it("writes neither escapes nor progress into pipes", async () => {
    const io = createTestIo(["get", "example.com", "--limit", "1"]);
    await run(io);
    await settled();
    expect(io.written("stderr")).toBe("");
    expect(io.written("stdout")).not.toContain("\u001b");
  });
});
