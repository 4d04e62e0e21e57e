import { describe, expect, it } from "vitest";
import { readSavedAnswer } from "../../src/library/replies.ts";
import { toSnapshotView } from "../../src/pages/view/snapshot-view.ts";
import { readAnswer } from "../fixtures/load.ts";

describe("the data of the view", () => {
  it("of ten real pages reads as reviewed", async () => {
    const snapshot = readSavedAnswer(readAnswer("ten-pages"));
    const { rows, ...rest } = toSnapshotView(snapshot);
    // A row on a line: that is how it is reviewed.
    const cells = rows.cells.map((row) => JSON.stringify(row)).join("\n");
    const text = `${JSON.stringify(rest, undefined, 2)}\nrows ${rows.from} to ${rows.cells.length} of ${rows.total}\n${cells}\n`;
    await expect(text).toMatchFileSnapshot("__snapshots__/view-data.txt");
  });
});
