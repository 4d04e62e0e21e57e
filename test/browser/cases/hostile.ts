import { strict as assert } from "node:assert";
import type { Frame } from "puppeteer-core";
import { toAnswer } from "../support/answers.ts";
import { hostileItems } from "../support/hostile-items.ts";
import { click, findOverflows, press, readText, until, untilRows, untilText } from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";
import { createRandom } from "../support/random.ts";
import { watch } from "../support/shown-view.ts";
import { spoil } from "../support/spoil.ts";
import { writeViewFile } from "../support/view-file.ts";
import { HOSTILE, MANY } from "./targets.ts";

const readCanary = (frame: Frame) => frame.evaluate(() => (window as { canary?: unknown }).canary);

const WIDTHS = [320, 768, 1400];

/** Elements that the view never makes: one of them would be a stranger's. */
const STRANGE = "img, iframe, object, embed, base, link, main script, main style, [onerror], [onload], [onfocus]";

/** Every eighth row is scrolled to, which draws them all; of those every fifth is opened. */
const STEP = 8;
const OPENED_EVERY = 5 * STEP;

/** A list in which every text is hostile, looked at from its first row to its last, at three widths. */
export async function checkHostile(place: Place, seed: number): Promise<void> {
  await checkHostileFiles(place, seed);
  await checkUncleaned(place, seed);
  for (const width of WIDTHS) {
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
        await assertHarmless(frame, 0);
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

/** As if the server cleaned nothing: what the view is told, with every text of it replaced. */
async function checkUncleaned(place: Place, seed: number): Promise<void> {
  const random = createRandom(seed);
  const shown = [
    ["a snapshot", () => place.server.call("query_domain_pages", { target: HOSTILE })],
    ["a comparison", () => place.server.call("compare_domain_pages", { target: HOSTILE, other_target: MANY })],
  ] as const;
  for (const [what, call] of shown) {
    await checkView(
      place,
      `${what} with raw hostile texts runs nothing, loads nothing and stays in its place (seed ${seed})`,
      async (view) => {
        const { frame } = view;
        const { _meta } = await call();
        for (const width of WIDTHS) {
          await view.page.setViewport({ width, height: 900 });
          await view.tell("ui/notifications/tool-result", { content: [], _meta: spoil(_meta, random) });
          await until(frame, "it is shown", () => document.querySelector(".row, table") !== null);
          await assertHarmless(frame, 0);
          for (const button of await frame.$$(".card, .charts .pick, .sort"))
            await button.evaluate((each) => (each as HTMLElement).click());
          await assertHarmless(frame, 0);
          assert.equal(await readCanary(frame), undefined);
        }
      },
      // More rows would be the server's own.
      { capabilities: { openLinks: {}, updateModelContext: {} } },
    );
  }
}

/** The same texts where nobody stands between them and the page: in a file, and in two lists compared. */
async function checkHostileFiles({ browser, checks }: Place, seed: number): Promise<void> {
  const random = createRandom(seed);
  const answerOf = (target: string) => toAnswer(target, hostileItems(target, 60, random), random);
  const fill = ["first.example", "second.example"].map((target) => ({
    args: ["import", "-"],
    input: answerOf(target),
  }));
  for (const operands of [["first.example"], ["first.example", "second.example"]]) {
    const what = operands.length === 1 ? "a file of a hostile list" : "a file of two hostile lists compared";
    await checks.check(`${what} runs nothing, loads nothing and stays in its place (seed ${seed})`, async () => {
      const url = await writeViewFile(fill, operands);
      const page = await browser.newPage();
      const troubles = await watch(page);
      const frame = page.mainFrame();
      for (const width of WIDTHS) {
        await page.setViewport({ width, height: 900 });
        await page.goto(url);
        await until(frame, "it is shown", () => document.querySelector(".row, table") !== null);
        await assertHarmless(frame, 0);
        assert.equal(await readCanary(frame), undefined);
      }
      assert.deepEqual(troubles, []);
      await page.close();
    });
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
  assert.deepEqual(await findOverflows(frame), [], `at row ${at}`);
  assert.equal(await frame.$(STRANGE), null);
  const links = await frame.$$eval("main a", (all) => all.map((a) => a.getAttribute("href") ?? ""));
  assert(
    links.every((href) => /^https?:\/\//.test(href)),
    links.join("\n"),
  );
}
