import { strict as assert } from "node:assert";
import type { Frame } from "puppeteer-core";
import { click, measureOverflow, press, readText, until, untilRows, untilText } from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";
import { HOSTILE } from "./targets.ts";

const readCanary = (frame: Frame) => frame.evaluate(() => (window as { canary?: unknown }).canary);

/** Elements that the view never makes: one of them would be a stranger's. */
const STRANGE = "img, iframe, object, embed, base, link, main script, main style, [onerror], [onload], [onfocus]";

/** Every eighth row is scrolled to, which draws them all; of those every fifth is opened. */
const STEP = 8;
const OPENED_EVERY = 5 * STEP;

/** A list in which every text is hostile, looked at from its first row to its last, at three widths. */
export async function checkHostile(place: Place, seed: number): Promise<void> {
  for (const width of [320, 768, 1400]) {
    await checkView(
      place,
      `strangers' text runs nothing, loads nothing and stays in its place, ${width} px (seed ${seed})`,
      async (view) => {
        const { frame } = view;
        await view.show("query_domain_pages", { target: HOSTILE });
        await until(frame, "all rows are here", () =>
          /^(\d+) of \1 rows$/.test(document.querySelector(".told p")?.textContent ?? ""),
        );
        const count = Number((await readText(frame, ".told")).split(" ")[0]);
        assert(count > 100, `${count} rows`);
        // All at once first, so that their texts stand beside each other.
        for (const card of await frame.$$(".card")) await card.click();
        assert((await measureOverflow(frame)) <= 0);
        await press(frame, "Clear filters");
        await untilRows(frame, count);
        for (let at = 0; at < count; at += STEP) {
          await scrollTo(frame, at);
          if (at % OPENED_EVERY === 0) await openRow(frame, at);
          await assertHarmless(frame, at);
        }
        await click(frame, ".close");
        assert.equal(await readCanary(frame), undefined);
        assert.equal(await readCanary(view.page.mainFrame()), undefined);
        return `${count} rows`;
      },
      { width },
    );
  }
}

async function scrollTo(frame: Frame, at: number): Promise<void> {
  await frame.evaluate((index) => {
    const grid = document.querySelector(".grid");
    const height = document.querySelector(".row")?.clientHeight ?? 0;
    if (grid !== null) grid.scrollTop = index * (height + 1);
  }, at);
  await until(frame, `row ${at} is drawn`, (wanted) => document.querySelector(`[data-at="${wanted}"]`) !== null, at);
}

async function openRow(frame: Frame, at: number): Promise<void> {
  const handle = await frame.$eval(`[data-at="${at}"]`, (row) => (row as HTMLElement).dataset["handle"] ?? "");
  await frame.$eval(`[data-at="${at}"] .url`, (cell) => (cell as HTMLElement).click());
  await untilText(frame, `Page ${handle}`);
  await until(frame, "the record came", () => document.querySelector(".record dl") !== null);
}

async function assertHarmless(frame: Frame, at: number): Promise<void> {
  const overflow = await measureOverflow(frame);
  assert(overflow <= 0, `The page is ${overflow} px too wide at row ${at}.`);
  assert.equal(await frame.$(STRANGE), null);
  const links = await frame.$$eval("main a", (all) => all.map((a) => a.getAttribute("href") ?? ""));
  assert(
    links.every((href) => /^https?:\/\//.test(href)),
    links.join("\n"),
  );
}
