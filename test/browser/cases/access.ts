import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Frame } from "puppeteer-core";
import { click, press, untilRows, untilText } from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe-core finds wrong, all of its rules but those of pages that stand by themselves. */
export async function findViolations(frame: Frame): Promise<string[]> {
  await frame.evaluate(AXE);
  const violations = await frame.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: (root: Document, options: object) => Promise<{ violations: Violation[] }> };
    };
    return (await axe.run(document, { preload: false })).violations;
  });
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`,
  );
}

/** axe-core over everything that can be open, in both themes and three widths. */
export async function checkAccess(place: Place): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    for (const width of [320, 768, 1400]) {
      await checkView(
        place,
        `axe-core finds nothing, ${theme}, ${width} px`,
        async (view) => {
          const { frame } = view;
          await view.show("get_domain_pages", { target: "acme.example", limit: 1000 });
          await untilRows(frame, 80);
          assert.deepEqual(await findViolations(frame), []);
          await press(frame, "Dead pages with links");
          await press(frame, "Fetch again");
          await untilText(frame, "Fetch for $0");
          await click(frame, ".question summary");
          await click(frame, ".row .url");
          await untilText(frame, "page_summary");
          assert.deepEqual(await findViolations(frame), []);
          await place.server.call("get_domain_pages", { target: "shop.acme.example" });
          await view.show("compare_domain_pages", { target: "acme.example", other_target: "shop.acme.example" });
          await untilText(frame, "Side by side");
          assert.deepEqual(await findViolations(frame), []);
          return undefined;
        },
        { width, scheme: theme, context: { theme } },
      );
    }
  }
}
