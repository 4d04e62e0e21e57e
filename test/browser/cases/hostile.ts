import { strict as assert } from "node:assert";
import type { Frame } from "puppeteer-core";
import { click, measureOverflow, press, readText, until, untilRows, untilText } from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";
import { HOSTILE } from "./targets.ts";

const readCanary = (frame: Frame) => frame.evaluate(() => (window as { canary?: unknown }).canary);

/** Elements that the view never makes: one of them would be a stranger's. */
const STRANGE = "img, iframe, object, embed, base, link, main script, main style, [onerror], [onload], [onfocus]";

export async function checkHostile(place: Place, seed: number): Promise<void> {
  for (const width of [320, 768, 1400]) {
    await checkView(
      place,
      `strangers' text runs nothing, loads nothing and stays in its place, ${width} px (seed ${seed})`,
      async (view) => {
        const { frame } = view;
        await view.show("query_domain_pages", { target: HOSTILE });
        await until(frame, "all rows are here", () =>
          /^(\d+) of \1 rows/.test(document.querySelector(".told")?.textContent ?? ""),
        );
        const count = Number((await readText(frame, ".told")).split(" ")[0]);
        assert(count > 100, `${count} rows`);
        for (const card of await frame.$$(".card")) await card.click();
        await press(frame, "Clear filters");
        await untilRows(frame, count);
        const links = new Set<string>();
        // Every row is drawn once, and a few are opened.
        for (let at = 0; at < count; at += 8) {
          await frame.evaluate(
            (top) => {
              const grid = document.querySelector(".grid");
              if (grid !== null) grid.scrollTop = top;
            },
            at * (width < 560 ? 112 : 44),
          );
          await until(
            frame,
            `row ${at} is drawn`,
            (wanted) => document.querySelector(`[data-at="${wanted}"]`) !== null,
            at,
          );
          if (at % 40 === 0) {
            const handle = await frame.$eval(
              `[data-at="${at}"]`,
              (row) => (row as HTMLElement).dataset["handle"] ?? "",
            );
            await frame.$eval(`[data-at="${at}"] .url`, (cell) => (cell as HTMLElement).click());
            await untilText(frame, `Page ${handle}`);
            await until(
              frame,
              "the record came",
              () => document.querySelector(".record dl, .record [aria-busy=false]") !== null,
            );
            for (const href of await frame.$$eval("main a", (all) => all.map((a) => a.getAttribute("href") ?? "")))
              links.add(href);
          }
          assert(
            (await measureOverflow(frame)) <= 0,
            `The page is ${await measureOverflow(frame)} px too wide at row ${at}.`,
          );
          assert.equal(await frame.$(STRANGE), null);
        }
        assert(
          [...links].every((href) => /^https?:\/\//.test(href)),
          [...links].join("\n"),
        );
        await click(frame, ".close");
        assert.equal(await readCanary(frame), undefined);
        assert.equal(await view.page.evaluate(() => (window as { canary?: unknown }).canary), undefined);
        return `${count} rows, ${links.size} links`;
      },
      { width },
    );
  }
}
