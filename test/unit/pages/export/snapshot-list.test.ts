import { expect, it } from "vitest";
import { renderSnapshotList } from "../../../../src/pages/export/csv-files.ts";
import type { SnapshotInfo } from "../../../../src/pages/snapshot.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";

const infoOf = (facts: Parameters<typeof makeSnapshot>[0], more: Partial<SnapshotInfo> = {}): SnapshotInfo => {
  const { pages, ...rest } = makeSnapshot(facts);
  return { ...rest, id: "s_00000001", pageCount: pages.length, ...more };
};

it("tells of every snapshot what one is chosen by", () => {
  const infos = [
    infoOf({ items: [{}], totalCount: 9, request: { limit: 1 } }),
    infoOf({ charge: { kind: "not_reported" }, totalCount: null }),
    infoOf({ charge: { kind: "none" }, source: "import" }, { fetchedAt: null }),
  ];
  expect(renderSnapshotList(infos)).toBe(
    [
      "snapshot_id,target,fetched_at,urls,urls_total,source,charge_usd,request",
      's_00000001,acme.example,2026-07-08T14:46:00.000Z,1,9,aisa,0.012,"{""target"":""acme.example"",""limit"":1}"',
      's_00000001,acme.example,2026-07-08T14:46:00.000Z,0,,aisa,not reported,"{""target"":""acme.example""}"',
      's_00000001,acme.example,,0,0,import,,"{""target"":""acme.example""}"',
      "",
    ].join("\n"),
  );
});

it("keeps to one short line a snapshot, however long the request", () => {
  const text = renderSnapshotList([infoOf({ request: { tag: `a\nb"\u202e${"x".repeat(10_000)}` } })]);
  const [, row] = readCsv(text.trimEnd());
  expect(row).toHaveLength(8);
  expect(row?.[7]).toMatch(/^\{"target":"acme.example","tag":"a\\nb\\"\\u202ex+…$/);
  expect(text.length).toBeLessThan(600);
});
