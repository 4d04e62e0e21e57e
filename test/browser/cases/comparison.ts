import { strict as assert } from "node:assert";
import { click, readText, untilText } from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";

export async function checkComparison(place: Place): Promise<void> {
  await checkView(place, "two snapshots are compared: sides, limits, figures, and tables that sort", async (view) => {
    const { frame } = view;
    const idOf = async (args: Record<string, unknown>) => {
      const { structuredContent } = await place.server.call("get_domain_pages", args);
      return (structuredContent as { snapshot_id: string }).snapshot_id;
    };
    const before = await idOf({ target: "acme.example", limit: 40 });
    const after = await idOf({ target: "acme.example", limit: 1000, order_by: ["backlinks,desc"] });
    const result = await view.show("compare_domain_pages", { snapshot_id: before, other_snapshot_id: after });
    assert.notEqual(result["isError"], true, JSON.stringify(result["content"]));
    await untilText(frame, "Figures");
    const text = await readText(frame, "main");
    for (const part of [before, after, "SANDBOX", "Before", "After", "In both"]) assert(text.includes(part), part);
    const cells = () => frame.$$eval("table tbody tr td:nth-child(2)", (tds) => tds.map((td) => td.textContent));
    const asTold = await cells();
    await click(frame, "table thead th:nth-child(2) .sort");
    const sorted = await cells();
    assert.notDeepEqual(sorted, asTold);
    assert.deepEqual([...sorted].sort(), [...asTold].sort());
  });
}
