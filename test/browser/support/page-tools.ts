import { strict as assert } from "node:assert";
import type { ElementHandle, Frame } from "puppeteer-core";
import type { ShownView } from "./shown-view.ts";

/** Longer than anything takes on a busy machine. */
const MAX_WAIT_MS = 20_000;

// What a person sees is meant here, which innerText is and textContent is not.

/** Asks the page again with each of its frames, until it says yes. */
export async function until<Args extends unknown[]>(
  frame: Frame,
  what: string,
  isSo: (...args: Args) => boolean,
  ...args: Args
): Promise<void> {
  const end = Date.now() + MAX_WAIT_MS;
  while (!(await frame.evaluate(isSo as never, ...args))) {
    if (Date.now() > end) {
      const shown = await frame.evaluate(() => document.body.innerText.slice(0, 600));
      throw new Error(`It never came to this: ${what}. Shown:\n${shown}`);
    }
    await frame.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

/** Waits until the table says that it shows that many rows. */
export const untilRows = (frame: Frame, count: number): Promise<void> =>
  until(
    frame,
    `${count} rows in the table`,
    (wanted) => document.querySelector(".grid")?.getAttribute("aria-rowcount") === String(wanted + 1),
    count,
  );

/** Waits until the view asked its host for something, or told it. */
export async function untilAsked({ frame, asked }: Pick<ShownView, "frame" | "asked">, wanted: string): Promise<void> {
  const end = Date.now() + MAX_WAIT_MS;
  while (!asked.some(({ method }) => method === wanted)) {
    assert(Date.now() < end, `The view never asked for ${wanted}.`);
    await frame.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

export async function untilText(frame: Frame, text: string): Promise<void> {
  await until(frame, `"${text}" is shown`, (wanted) => document.body.innerText.includes(wanted), text);
}

export async function findOne(frame: Frame, selector: string): Promise<ElementHandle<Element>> {
  const handle = await frame.$(selector);
  assert(handle !== null, `There is no ${selector}.`);
  return handle;
}

export async function click(frame: Frame, selector: string): Promise<void> {
  await (await findOne(frame, selector)).click();
}

/** Presses the button whose name holds the text. */
export async function press(frame: Frame, text: string): Promise<void> {
  const handle = await frame.evaluateHandle(
    (wanted) => [...document.querySelectorAll("button")].find((each) => each.textContent?.includes(wanted)) ?? null,
    text,
  );
  const button = handle.asElement() as ElementHandle<Element> | null;
  assert(button !== null, `There is no button "${text}".`);
  await button.click();
}

export const hasButton = (frame: Frame, text: string): Promise<boolean> =>
  frame.evaluate(
    (wanted) => [...document.querySelectorAll("button")].some((each) => each.textContent?.includes(wanted)),
    text,
  );

/** The column's cells of the rows that are drawn, from the top. */
export const readColumn = (frame: Frame, key: string): Promise<string[]> =>
  frame.evaluate(
    (name) =>
      [...document.querySelectorAll<HTMLElement>(".row")]
        .sort((a, b) => Number(a.dataset["at"]) - Number(b.dataset["at"]))
        .map((row) => row.querySelector(`.cell.${name}`)?.textContent ?? ""),
    key,
  );

export const readText = (frame: Frame, selector: string): Promise<string> =>
  frame.evaluate((name) => document.querySelector(name)?.textContent ?? "", selector);

/** What must hold all that is in it; the tables may scroll. */
const BOXES =
  "html, main, .head, .facts, .totals, .card, .chart, .pick, .tools, .told, .side, .record, .actions, .priced";

/** Boxes that something stands out of at their side, with how many pixels. */
export const findOverflows = (frame: Frame): Promise<string[]> =>
  frame.evaluate(
    (boxes) =>
      [...document.querySelectorAll(boxes)]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth - box.clientWidth} px too wide`),
    BOXES,
  );
