import { strict as assert } from "node:assert";
import type { Frame } from "puppeteer-core";
import { plainItems, toAnswer } from "../support/answers.ts";
import { until, untilRows } from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";
import { createRandom } from "../support/random.ts";
import { writeViewFile } from "../support/view-file.ts";
import { MANY } from "./targets.ts";

const FRAME_MS = 1000 / 60;

/** Told, not asserted: a busy machine is slow. What is asserted is that nothing is wrong by an order of magnitude. */
const GROSS_PAINT_MS = 2000;
const GROSS_FRAME_MS = 150;

export async function checkSpeed(place: Place): Promise<void> {
  await checkSlowSpeed(place);
  await checkView(place, "first paint after data, 1,000 rows", async (view) => {
    const { frame } = view;
    await watchPaint(frame);
    await view.show("query_domain_pages", { target: MANY });
    await until(frame, "it was painted", () => document.documentElement.dataset["paint"] !== undefined);
    const ms = Number(await frame.evaluate(() => document.documentElement.dataset["paint"]));
    assert(ms < GROSS_PAINT_MS, `${ms} ms`);
    return `${ms.toFixed(0)} ms from the message to the frame after the drawing`;
  });

  await checkView(place, "frames while 1,000 rows scroll", async (view) => {
    const { frame } = view;
    await view.show("query_domain_pages", { target: MANY });
    await untilRows(frame, 1000);
    return tellFrames(await measureScroll(frame));
  });
}

function tellFrames(measured: readonly number[]): string {
  const frames = [...measured].sort((a, b) => a - b);
  const at = (share: number) => frames[Math.floor(share * (frames.length - 1))] ?? 0;
  const shareAbove = (ms: number) =>
    `${((100 * frames.filter((each) => each > ms).length) / frames.length).toFixed(1)} %`;
  assert(frames.length > 100 && at(0.95) < GROSS_FRAME_MS, `${frames.length} frames, p95 ${at(0.95)} ms`);
  return [
    `${frames.length} frames: median ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms`,
    `${shareAbove(FRAME_MS)} above 16.7 ms, ${shareAbove(1.5 * FRAME_MS)} missed a frame`,
  ].join("; ");
}

/** From the arrival of a result's message to the frame after its rows were drawn. */
const watchPaint = (frame: Frame): Promise<void> =>
  frame.evaluate(() => {
    let arrived = 0;
    addEventListener(
      "message",
      ({ data }) => {
        if (data.method === "ui/notifications/tool-result") arrived = performance.now();
      },
      { capture: true },
    );
    new MutationObserver((_, observer) => {
      if (document.querySelector(".row") === null) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          document.documentElement.dataset["paint"] = String(performance.now() - arrived);
        };
        port2.postMessage(null);
      });
    }).observe(document.body, { childList: true, subtree: true });
  });

/** Scrolls the whole table in steps of a fast wheel, one each frame. @returns ms between frames */
const measureScroll = (frame: Frame): Promise<number[]> =>
  frame.evaluate(async () => {
    const grid = document.querySelector(".grid");
    if (grid === null) return [];
    grid.scrollIntoView();
    const times: number[] = [await new Promise(requestAnimationFrame)];
    for (let top = 0; top < grid.scrollHeight - grid.clientHeight; top += 90) {
      grid.scrollTop = top;
      times.push(await new Promise(requestAnimationFrame));
    }
    return times.slice(1).map((time, at) => time - (times[at] ?? 0));
  });

/** As above, on a processor that is made slower, in a file: there, all is in one page. */
async function checkSlowSpeed({ browser, checks }: Place): Promise<void> {
  const random = createRandom(1);
  const answer = toAnswer(MANY, plainItems(MANY, 1000, random), random);
  await checks.check("a file of 1,000 rows, on a processor four times slower", async () => {
    const url = await writeViewFile([{ args: ["import", "-"], input: answer }], [MANY]);
    const page = await browser.newPage();
    await page.setViewport({ width: 1400, height: 900 });
    await page.emulateCPUThrottling(4);
    await page.goto(url);
    const frame = page.mainFrame();
    await untilRows(frame, 1000);
    await until(frame, "it was painted", () => performance.getEntriesByName("first-contentful-paint").length > 0);
    const paint = await frame.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
    );
    const frames = tellFrames(await measureScroll(frame));
    assert(paint < GROSS_PAINT_MS, `${paint} ms`);
    await page.close();
    return `first paint ${paint.toFixed(0)} ms after it was opened; ${frames}`;
  });
}
