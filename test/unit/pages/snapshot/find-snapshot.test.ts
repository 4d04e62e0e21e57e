import { describe, expect, it } from "vitest";
import { AppError, describeFailure } from "../../../../src/errors.ts";
import { type AskedAs, createFindSnapshot, type SnapshotRef } from "../../../../src/lists/find-snapshot.ts";
import type { SnapshotInfo } from "../../../../src/lists/snapshot.ts";
import type { PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { OF_PAGES } from "../../../../src/pages/domain-pages.ts";
import { createMemoryStore } from "../../../../src/store/memory-store.ts";
import { toSnapshotInfo } from "../../../../src/store/snapshot-name.ts";
import { makeSnapshot, type SnapshotFactsInTests } from "../../../support/make-snapshot.ts";

const DAY_MS = 86_400_000;
const FETCHED_AT = Date.UTC(2026, 6, 8, 14, 46);

const make = (target: string, days = 0, pages = 1, facts: SnapshotFactsInTests = {}): PagesSnapshot =>
  makeSnapshot({
    ...facts,
    items: Array.from({ length: pages }, (_, index) => ({ url: `https://${target}/${index}` })),
    request: { target, ...facts.request },
    fetchedAt: FETCHED_AT + days * DAY_MS,
  });

/** Long after everything that is kept, so that nothing is fresh. */
const LATER = FETCHED_AT + 100 * DAY_MS;

async function open(kept: readonly PagesSnapshot[], gone?: SnapshotInfo, now = LATER) {
  const store = createMemoryStore();
  for (const each of kept) await store.put(each);
  const snapshots = { ...store, gone: async (id: string) => (gone?.id === id ? gone : undefined) };
  return createFindSnapshot({ ...OF_PAGES, snapshots, freshMs: DAY_MS, now: () => now });
}

/** What a caller reads when it fails. */
async function refusal(kept: readonly PagesSnapshot[], ref: SnapshotRef, gone?: SnapshotInfo, asked?: AskedAs) {
  const find = await open(kept, gone);
  const error = await find(ref, asked).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error("expected an AppError");
  expect(error).toMatchObject({ kind: "input", facts: { charge: "not_charged" } });
  expect(error.facts.refused).toHaveLength(1);
  return describeFailure(error);
}

const [older, newer, other] = [make("acme.example"), make("acme.example", 3, 2), make("example.com", 9)];

describe("the newest snapshot of a target", () => {
  const empty = make("acme.example", 5, 0);

  it("is one with pages, where there is one: nothing can be asked of the others", async () => {
    const find = await open([older, newer, empty]);
    expect((await find({ target: "acme.example" })).id).toBe(newer.id);
  });

  it("is an empty one where all are", async () => {
    const find = await open([empty]);
    expect((await find({ target: "acme.example" })).id).toBe(empty.id);
  });
});

describe("of the fresh snapshots of a target", () => {
  const at = FETCHED_AT + 3 * DAY_MS + 3_600_000;
  const whole = make("acme.example", 3, 5, { request: { limit: 100 } });
  const filters = {
    kind: "condition" as const,
    field: "status_code",
    type: "num" as const,
    operator: ">=" as const,
    value: 400,
  };

  /** The one that is found, and what is said of the choice. */
  async function choose(...kept: PagesSnapshot[]) {
    const notes: string[] = [];
    const find = await open(kept, undefined, at);
    return { found: await find({ target: "acme.example" }, { onChoice: (note) => notes.push(note) }), notes };
  }

  it.each<[string, PagesSnapshot]>([
    ["a newer one with fewer pages", make("acme.example", 3.01, 2)],
    ["an older one with more", make("acme.example", 0, 900, { totalCount: 5000 })],
    ["a newer one of a filter with more", make("acme.example", 3.01, 7, { request: { filters } })],
    ["one dated ahead", make("acme.example", 30, 900, { totalCount: 5000 })],
  ])("the fullest is meant, and not %s", async (_what, less) => {
    expect((await choose(whole, less)).found).toBe(whole);
    expect((await choose(less, whole)).found).toBe(whole);
  });

  it("the choice is told with those that are kept beside it, and not where there is no choice", async () => {
    const few = make("acme.example", 3.01, 2, { totalCount: 5 });
    const old = make("acme.example", 0, 9, { source: "import" });
    expect((await choose(whole, few, old, other)).notes).toEqual([
      `the fullest fresh snapshot of acme.example is asked; also kept: ${few.id} (2 of 5 URLs, 2026-07-11 15:00 UTC); ${old.id} (imported, 9 URLs, 2026-07-08 14:46 UTC)`,
    ]);
    expect((await choose(whole, other)).notes).toEqual([]);
  });

  it("parts of one list without a time are told apart, and none of them is called the newest", async () => {
    const part = (offset: number, pages: number): PagesSnapshot => ({
      ...make("acme.example", 0, pages, { source: "import", totalCount: 18, request: { offset } }),
      fetchedAt: null,
    });
    const [first, second] = [part(0, 2), part(9, 1)];
    expect((await choose(first, second)).notes).toEqual([
      `the fullest snapshot, its time unknown, of acme.example is asked; also kept: ${second.id} (imported, 1 of 18 URLs after the first 9, time unknown)`,
    ]);
  });
});

describe("a snapshot is found", () => {
  it.each<[string, SnapshotRef, PagesSnapshot]>([
    ["by its id", { snapshotId: older.id }, older],
    ["by its id with space around it", { snapshotId: ` ${older.id}\n` }, older],
    ["by its id beside its own target", { snapshotId: older.id, target: "acme.example" }, older],
    ["as the newest of a target", { target: "acme.example" }, newer],
    ["as the newest of a target as people paste it", { target: "https://www.ACME.example/pricing" }, newer],
    ["by the target where the id is empty", { snapshotId: " ", target: "example.com" }, other],
  ])("%s", async (_how, ref, expected) => {
    const find = await open([newer, other, older]);
    expect(await find(ref)).toBe(expected);
  });

  it("whichever request it answers", async () => {
    const filtered = make("acme.example", 5, 1, { request: { limit: 7 } });
    const find = await open([newer, filtered]);
    expect(await find({ target: "acme.example" })).toBe(filtered);
  });

  it("as the one with more pages where two were fetched at the same time", async () => {
    const [small, large] = [make("acme.example", 0, 2), make("acme.example", 0, 9)];
    expect(await (await open([large, small]))({ target: "acme.example" })).toBe(large);
    expect(await (await open([small, large]))({ target: "acme.example" })).toBe(large);
  });

  it("as the next older one where the newest cannot be read any more", async () => {
    const store = createMemoryStore();
    for (const each of [older, newer]) await store.put(each);
    const get = async (id: string) => (id === newer.id ? undefined : store.get(id));
    const find = createFindSnapshot({ ...OF_PAGES, snapshots: { ...store, get }, freshMs: DAY_MS, now: () => LATER });
    expect(await find({ target: "acme.example" })).toBe(older);
  });
});

describe("a snapshot that is not there is answered", () => {
  it("with the known ones, newest first", async () => {
    expect(await refusal([older, newer, other], { snapshotId: "s_zzzzzzzz" })).toBe(
      `snapshot_id: no snapshot is kept under this id, got "s_zzzzzzzz"
kept: ${other.id} (example.com, 1 URL, 2026-07-17 14:46 UTC); ${newer.id} (acme.example, 2 URLs, 2026-07-11 14:46 UTC); ${older.id} (acme.example, 1 URL, 2026-07-08 14:46 UTC)
Not charged.`,
    );
  });

  it("with those of its target first, at most five, and the call that brings one", async () => {
    const blog = make("blog.acme.example");
    const more = Array.from({ length: 6 }, (_, index) => make(`site${index}.example`, 20 + index));
    const text = await refusal([...more, blog, older, newer], { snapshotId: "s_zzzzzzzz", target: "acme.example" });
    expect(text).toMatch(
      new RegExp(`kept: ${newer.id} .*; ${older.id} .*; ${blog.id} .*; ${more[5]?.id} .*; ${more[4]?.id} .*; 4 more\n`),
    );
    expect(text).toContain('A paid call brings one of acme.example: get_domain_pages {"target":"acme.example"}');
  });

  it.each([
    ["a letter off", (id: string) => `${id.slice(0, -1)}?`],
    ["a letter short", (id: string) => id.slice(0, -1)],
    ["in capitals", (id: string) => id.toUpperCase()],
    ["without its beginning", (id: string) => id.slice(2)],
  ])("with the id that was meant, where it is %s", async (_what, misspell) => {
    const text = await refusal([older, newer, other], { snapshotId: misspell(newer.id) });
    expect(text).toContain(`; did you mean "${newer.id}"?\n`);
  });

  it("with the paid call, where nothing is kept at all", async () => {
    expect(await refusal([], { snapshotId: "s_zzzzzzzz" })).toBe(
      `snapshot_id: no snapshot is kept under this id, got "s_zzzzzzzz"
kept: none at all
Not charged.
A paid call brings the first one, for example get_domain_pages {"target":"forbes.com"}`,
    );
    expect(await refusal([], { target: "acme.example" }, undefined, { surface: "cli" })).toBe(
      `target: no snapshot of acme.example is kept
kept: none at all
Not charged.
A paid call brings one of acme.example: domain-pages-mcp get --body '{"target":"acme.example"}'`,
    );
  });

  it("for a target with what there is of others", async () => {
    expect(await refusal([older], { target: "example.com" })).toBe(
      `target: no snapshot of example.com is kept
kept: ${older.id} (acme.example, 1 URL, 2026-07-08 14:46 UTC)
Not charged.
A paid call brings one of example.com: get_domain_pages {"target":"example.com"}`,
    );
  });

  it.each<[string, SnapshotRef, RegExp]>([
    ["nothing is named", {}, /^other_snapshot_id: is required, or other_target\nkept: s_/],
    ["the target is none", { target: "127.0.0.1" }, /^other_target: "127.0.0.1" is an IP address/],
    [
      "the id is another target's",
      { snapshotId: "X", target: "example.com" },
      /^other_target: snapshot s_\w+ is of acme/,
    ],
  ])("under the caller's own argument names, where %s", async (_what, ref, expected) => {
    const asked = ref.snapshotId === "X" ? { ...ref, snapshotId: older.id } : ref;
    expect(await refusal([older], asked, undefined, { prefix: "other_" })).toMatch(expected);
  });

  it("with the lists of the first target, where the other one of two is not named", async () => {
    const asked = { prefix: "other_", beside: "acme.example" };
    expect(await refusal([other, older, newer], {}, undefined, asked)).toMatch(
      new RegExp(
        `^other_snapshot_id: is required, or other_target; for example \\{"snapshot_id":"${older.id}","other_snapshot_id":"${newer.id}"\\}\nkept: ${newer.id} \\(acme.example.*; ${older.id} `,
      ),
    );
    expect(await refusal([other, newer], {}, undefined, asked)).toMatch(/^other_snapshot_id: .* other_target\nkept: /);
  });

  it("without letting an id write lines", async () => {
    const text = await refusal([older], { snapshotId: `x\n${"kept: s_forged00 ".repeat(50)}\u202e` });
    expect(text.split("\n")).toHaveLength(3);
    expect(text).not.toContain("\u202e");
  });
});

describe("a snapshot that is gone is answered with the call that buys it again", () => {
  const goneOf = (facts: SnapshotFactsInTests) => toSnapshotInfo(make("acme.example", 0, 93, facts));
  const request = { limit: 1000, rank_scale: "one_hundred" as const, tag: "label" };

  it("at its last price", async () => {
    const gone = goneOf({ request });
    expect(await refusal([newer], { snapshotId: gone.id }, gone)).toBe(
      `snapshot_id: ${gone.id} is no longer kept (acme.example, 93 URLs, 2026-07-08 14:46 UTC); it was too old or made room. Not charged. To buy it again, charged $0.012 last time: get_domain_pages {"target":"acme.example","limit":1000,"rank_scale":"one_hundred"}`,
    );
  });

  it.each<[string, SnapshotFactsInTests, string]>([
    ["of the sandbox", { source: "sandbox" }, "To get it again, free: get_domain_pages"],
    ["without a price", { charge: { kind: "not_reported" } }, "To buy it again, its last price was not reported: "],
    ["from a file", { source: "import" }, "It was imported from a file: import that again, or fetch it new, paid: "],
  ])("also one %s", async (_what, facts, expected) => {
    const gone = goneOf(facts);
    expect(await refusal([], { snapshotId: gone.id }, gone)).toContain(expected);
  });
});
