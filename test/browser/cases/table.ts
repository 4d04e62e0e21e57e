import { strict as assert } from "node:assert";
import {
  click,
  findOne,
  press,
  readColumn,
  readText,
  until,
  untilAsked,
  untilRows,
  untilText,
} from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";
import type { ShownView } from "../support/shown-view.ts";

const TARGET = { target: "acme.example", limit: 1000 };

async function showAcme(view: ShownView): Promise<void> {
  await view.show("get_domain_pages", TARGET);
  await untilRows(view.frame, 80);
}

export async function checkTable(place: Place): Promise<void> {
  await checkView(place, "the header tells target, source, totals, charge, coverage and snapshot", async (view) => {
    const result = await view.show("get_domain_pages", TARGET);
    await untilRows(view.frame, 80);
    const head = await readText(view.frame, ".head");
    const { snapshot_id } = result["structuredContent"] as { snapshot_id: string };
    for (const part of [
      "acme.example",
      "SANDBOX",
      "93",
      "80",
      "2,444",
      snapshot_id,
      "all 2,444 backlinks",
      "by rank",
    ]) {
      assert(head.includes(part), `The header does not tell ${part}: ${head}`);
    }
  });

  await checkView(place, "each column sorts both ways and back", async (view) => {
    const { frame } = view;
    await showAcme(view);
    const asFetched = await readColumn(frame, "backlinks");
    await click(frame, ".heads .backlinks .sort");
    const falling = (await readColumn(frame, "backlinks")).map(Number);
    assert.deepEqual(
      falling,
      [...falling].sort((a, b) => b - a),
    );
    assert.equal(await frame.$eval(".heads .backlinks", (head) => head.getAttribute("aria-sort")), "descending");
    await click(frame, ".heads .backlinks .sort");
    const rising = (await readColumn(frame, "backlinks")).map(Number);
    assert.deepEqual(
      rising,
      [...rising].sort((a, b) => a - b),
    );
    await click(frame, ".heads .backlinks .sort");
    assert.deepEqual(await readColumn(frame, "backlinks"), asFetched);
    const columns = await frame.$$eval(".heads .sort", (heads) => heads.length);
    for (let at = 0; at < columns; at += 1) {
      await click(frame, `.heads .cell:nth-child(${at + 2}) .sort`);
      assert.equal(await frame.$$eval('.heads [aria-sort="none"]', (heads) => heads.length), columns - 1);
    }
  });

  await checkView(place, "text, status and section narrow the table, and clearing widens it", async (view) => {
    const { frame } = view;
    await showAcme(view);
    await (await findOne(frame, '.tools input[type="search"]')).type("FORUM.");
    await untilRows(frame, 9);
    assert((await readColumn(frame, "url")).every((url) => url.includes("forum.acme.example")));
    await press(frame, "Clear filters");
    await untilRows(frame, 80);
    await frame.select(".tools label:nth-child(2) select", "dead");
    await untilRows(frame, 10);
    assert((await readColumn(frame, "status")).every((status) => Number(status) >= 400));
    await frame.select(".tools label:nth-child(2) select", "gone");
    await untilRows(frame, 8);
    await frame.select(".tools label:nth-child(2) select", "dead");
    await frame.select(".tools label:nth-child(3) select", "/blog");
    await untilRows(frame, 1);
  });

  await checkView(place, "a finding narrows the table to its pages, and once more widens it", async (view) => {
    const { frame } = view;
    await showAcme(view);
    await press(frame, "Dead pages with links, gone");
    await untilRows(frame, 8);
    const cited = await frame.$$eval('.card[aria-pressed="true"] .says', (all) => all.map((each) => each.textContent));
    const ids = await readColumn(frame, "id");
    assert(cited.length > 0 && cited.every((line) => ids.includes(line?.split(" ")[0] ?? "")), cited.join());
    assert.equal(await frame.$eval(".card", (card) => card.getAttribute("aria-pressed")), "true");
    await untilText(frame, "finding: dead pages with links, gone");
    await press(frame, "Dead pages with links, gone");
    await untilRows(frame, 80);
  });

  await checkView(place, "bars narrow the table: status, section, first seen", async (view) => {
    const { frame } = view;
    await showAcme(view);
    await press(frame, "Gone8");
    await untilRows(frame, 8);
    await press(frame, "Gone8");
    await untilRows(frame, 80);
    await click(frame, ".charts .chart:nth-child(2) li:nth-child(2) button");
    await untilRows(frame, 25);
    await click(frame, ".charts .chart:nth-child(2) li:nth-child(2) button");
    const said = await frame.$eval(".columns button", (bar) => bar.getAttribute("aria-label") ?? "");
    await click(frame, ".columns button");
    await untilRows(frame, Number(/: (\d+) page/.exec(said)?.[1]));
  });

  await checkView(place, "a point of the chart opens its page", async (view) => {
    const { frame } = view;
    await showAcme(view);
    // The point furthest to the right and top is the one of the home page.
    const svg = await findOne(frame, ".scatter");
    await svg.scrollIntoView();
    const place = await frame.$eval(".scatter", (element) => {
      const path = element.querySelector(".points.live")?.getAttribute("d") ?? "";
      const points = [...path.matchAll(/M([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
      const [x, y] = points.reduce((best, point) => (point[1] < best[1] ? point : best), [0, 1000]);
      const box = element.getBoundingClientRect();
      return { x: (x / 340) * box.width, y: (y / 190) * box.height };
    });
    await svg.click({ offset: place });
    await untilText(frame, "Page p1");
  });

  await checkView(place, "keys walk through the rows, open one, mark one, and come back", async (view) => {
    const { frame, page } = view;
    await showAcme(view);
    await frame.focus(".row");
    const focused = () => frame.evaluate(() => (document.activeElement as HTMLElement).dataset["at"]);
    for (const [key, at] of [
      ["ArrowDown", "1"],
      ["ArrowDown", "2"],
      ["ArrowUp", "1"],
      ["End", "79"],
      ["PageUp", "69"],
      ["Home", "0"],
      ["ArrowUp", "0"],
    ] as const) {
      await page.keyboard.press(key);
      await until(
        frame,
        `${key} leads to row ${at}`,
        (wanted) => (document.activeElement as HTMLElement).dataset["at"] === wanted,
        at,
      );
    }
    assert.equal(await frame.$$eval('.row[tabindex="0"]', (rows) => rows.length), 1);
    await page.keyboard.press("Space");
    await until(frame, "the row is marked", () => document.activeElement?.getAttribute("aria-selected") === "true");
    await page.keyboard.press("Enter");
    await until(frame, "the panel has the focus", () => document.activeElement?.id === "record-title");
    await page.keyboard.press("Escape");
    await until(frame, "the panel is closed", () => document.querySelector(".record") === null);
    assert.equal(await focused(), "0");
  });

  await checkView(
    place,
    "a row opens into its variants and the full record, which the host is asked for",
    async (view) => {
      const { frame } = view;
      await showAcme(view);
      await click(frame, '.row[data-handle="p1"] .url');
      await untilText(frame, "page_summary.referring_links_countries");
      assert.deepEqual(
        view.calls("query_domain_pages").map(({ params }) => (params["arguments"] as { handles: string[] }).handles),
        [["p1"]],
      );
      const variants = await frame.$$eval(".folded button", (buttons) => buttons.map((each) => each.textContent));
      assert.equal(variants.length, 7);
      await click(frame, ".folded button:nth-child(2)");
      await until(frame, "the variant's address is shown", () => document.querySelectorAll(".record a").length === 2);
      await click(frame, ".record a");
      await untilAsked(view, "ui/open-link");
      assert.deepEqual(
        view.asked.filter(({ method }) => method === "ui/open-link").map(({ params }) => params),
        [{ url: "https://acme.example/" }],
      );
    },
  );
}
