import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/errors.ts";
import { createFaultQueue, FAULTS, parseFaultRequest } from "../../../src/sandbox/faults/faults.ts";
import { caught } from "../../support/caught.ts";

describe("the table of faults", () => {
  it("names each in snake case and says in one line what it does", () => {
    for (const [name, { says }] of Object.entries(FAULTS)) {
      expect(name).toMatch(/^[a-z]+(?:_[a-z0-9]+)*$/);
      expect(says).toMatch(/^[A-Z][^\n]{5,120}\.$/);
    }
  });

  it("bills nothing that was refused or quoted, and everything that was carried out", () => {
    const billing = Object.values(FAULTS).map(({ fate, billed }) => `${fate} ${billed}`);
    expect(new Set(billing)).toEqual(
      new Set(["refused false", "quoted false", "failed false", "failed true", "carried_out true"]),
    );
  });
});

describe("the page about the sandbox", () => {
  it("tells every fault as the table does", async () => {
    const page = await readFile(new URL("../../../docs/sandbox.md", import.meta.url), "utf8");
    for (const [name, { says, fate, billed }] of Object.entries(FAULTS)) {
      if (/^task_\d+$/.test(name)) expect(page).toContain(` ${name.slice("task_".length)}`);
      else expect(page).toContain(`| \`${name}\` | ${says} | ${fate.replace("_", " ")} | ${billed ? "yes" : "no"} |`);
    }
  });
});

describe("a fault", () => {
  it.each([
    ["by name", "stall", { ms: 600_000 }],
    ["by name with a setting", "stall;ms=5", { ms: 5 }],
    ["with spaces", " slow_drip ; ms = 5 ; pieces=2 ", { ms: 5, pieces: 2 }],
    ["as an object", { name: "oversized", mb: 2 }, { mb: 2 }],
    ["as an object without settings", { name: "gateway_429_seconds" }, { seconds: 1 }],
  ])("is asked for %s", (_how, written, settings) => {
    expect(parseFaultRequest(written).settings).toMatchObject(settings);
  });

  it.each([
    ["a typo", "stal", 'unknown fault "stal"; did you mean "stall"?'],
    ["another spelling", "gateway429", 'did you mean "gateway_429"?'],
    ["a name that every object has", "constructor", 'unknown fault "constructor"'],
    ["no name", { ms: 5 }, "a fault is asked for by its name"],
    ["an empty name", "", "a fault is asked for by its name"],
    ["null", null, "a fault is asked for by its name"],
    ["a number", 5, "a fault is asked for by its name"],
    ["a setting it does not take", "stall;mb=5", 'stall takes ms, not "mb"'],
    ["a setting of one that takes none", { name: "empty", ms: 1 }, 'empty takes no settings, not "ms"'],
    ["a setting without a value", "stall;ms", "ms of stall takes a number from 0 to 600000"],
    ["a negative setting", { name: "stall", ms: -1 }, "ms of stall takes a number"],
    ["a setting beyond measure", { name: "oversized", mb: 1e9 }, "mb of oversized takes a number from 0 to 1024"],
    ["a setting as text", { name: "stall", ms: "5" }, "ms of stall takes a number"],
  ])("is refused for %s", (_what, written, words) => {
    expect(caught(() => parseFaultRequest(written))).toMatchObject({
      kind: "input",
      message: expect.stringContaining(words),
    });
  });
});

describe("whatever is asked for", () => {
  it("is a fault within its limits, or refused as wrong input", () => {
    const text = fc.oneof(fc.constantFrom("stall", "slow_drip;ms=1", "oversized;mb=2"), fc.string());
    const object = fc.record({ name: text, ms: fc.anything(), mb: fc.anything() }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(text, object, fc.anything()), (written) => {
        try {
          const { settings } = parseFaultRequest(written);
          expect(Object.values(settings).every((value) => value >= 0 && value <= 600_000)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

describe("the queue", () => {
  it("gives them out in order, each once", () => {
    const queue = createFaultQueue();
    queue.add("stall", { name: "slow", ms: 5 });
    queue.add("none");
    expect(queue.waiting()).toEqual(["stall", "slow", "none"]);
    expect([queue.next(), queue.next(), queue.next(), queue.next()].map((each) => each?.name)).toEqual([
      "stall",
      "slow",
      "none",
      undefined,
    ]);
  });

  it("takes all of a list or nothing", () => {
    const queue = createFaultQueue();
    expect(() => queue.add("stall", "stal")).toThrow("unknown fault");
    expect(queue.waiting()).toEqual([]);
  });

  it("can be emptied", () => {
    const queue = createFaultQueue();
    queue.add("stall");
    queue.clear();
    expect(queue.next()).toBeUndefined();
  });
});
