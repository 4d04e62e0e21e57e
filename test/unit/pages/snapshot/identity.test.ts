import { expect, it } from "vitest";
import { createSnapshot, type SnapshotFacts } from "../../../../src/pages/snapshot.ts";

const answerOf = (page: string) => ({
  taskId: null,
  version: null,
  echo: null,
  target: "acme.example",
  upstreamCostUsd: null,
  totalCount: 1,
  items: [{ page }],
});

const idOf = (page: string, facts: Partial<SnapshotFacts>): string =>
  createSnapshot(answerOf(page), {
    source: "sandbox",
    request: { target: "acme.example" },
    requestKey: "key",
    fetchedAt: 1,
    charge: { kind: "none" },
    ...facts,
  }).id;

it.each<[string, Partial<SnapshotFacts>]>([
  ["is imported", { source: "import" }],
  ["tells no time", { fetchedAt: null }],
])(
  "what %s has its id from all of its content: no other takes its place, and the same again is the same",
  (_, facts) => {
    expect(idOf("https://acme.example/a", facts)).not.toBe(idOf("https://acme.example/b", facts));
    expect(idOf("https://acme.example/a", facts)).toBe(idOf("https://acme.example/a", facts));
  },
);

it("answers that came in one reply, at one time and without a task, have an id each", () => {
  const ids = [undefined, 0, 1, 2].map((beside) =>
    idOf("https://acme.example/a", beside === undefined ? {} : { beside }),
  );
  expect(new Set(ids).size).toBe(4);
});
