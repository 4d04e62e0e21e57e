import { mkdir } from "node:fs/promises";
import path from "node:path";
import { toAnswer } from "./answers.ts";
import { openBrowser } from "./browser.ts";
import { hostileItems } from "./hostile-items.ts";
import { click, press, until, untilRows, untilText } from "./page-tools.ts";
import { createRandom } from "./random.ts";
import { openServer } from "./server.ts";
import { openView, type ShownView } from "./shown-view.ts";

interface Capture {
  name: string;
  width: number;
  /** Pixels, or what it ends with; the whole view where nothing is said. */
  height?: number | string;
  theme: "light" | "dark";
  /** Of those that the README shows. */
  isKept?: boolean;
  set: (view: ShownView) => Promise<unknown>;
}

const HOSTILE = "hostile.example";

async function showAcme(view: ShownView): Promise<void> {
  await view.show("get_domain_pages", { target: "acme.example", limit: 1000 });
  await untilRows(view.frame, 80);
}

async function showOpened(view: ShownView): Promise<void> {
  await showAcme(view);
  await press(view.frame, "Dead pages with links");
  await untilRows(view.frame, 10);
  await click(view.frame, '.row[data-handle="p2"] .url');
  await untilText(view.frame, "page_summary");
  await view.frame.evaluate(() => (document.activeElement as HTMLElement).blur());
}

/** The lower part: charts, table, record. */
async function showLower(view: ShownView): Promise<void> {
  await showOpened(view);
  await view.page.setViewport({ width: 1280, height: 1120 });
  await view.frame.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
}

async function showComparison(view: ShownView): Promise<void> {
  const idOf = async (args: Record<string, unknown>) => {
    const { structuredContent } = await view.show("get_domain_pages", args);
    return (structuredContent as { snapshot_id: string }).snapshot_id;
  };
  const snapshot_id = await idOf({ target: "acme.example", limit: 60 });
  const other_snapshot_id = await idOf({ target: "acme.example", limit: 1000 });
  await view.show("compare_domain_pages", { snapshot_id, other_snapshot_id });
  await untilText(view.frame, "Figures");
}

async function showHostile(view: ShownView): Promise<void> {
  await view.show("query_domain_pages", { target: HOSTILE });
  await until(view.frame, "rows are here", () => document.querySelector(".row") !== null);
}

const BOTH = ["light", "dark"] as const;

const CAPTURES: readonly Capture[] = [
  { name: "view", width: 1280, height: ".charts", theme: "light", isKept: true, set: showAcme },
  { name: "view-opened", width: 1280, height: 1120, theme: "dark", isKept: true, set: showLower },
  ...BOTH.flatMap((theme) =>
    [320, 768, 1400].flatMap((width) => [
      { name: `all-${width}-${theme}`, width, theme, set: showAcme },
      { name: `opened-${width}-${theme}`, width, theme, set: showOpened },
      { name: `comparison-${width}-${theme}`, width, theme, set: showComparison },
      { name: `hostile-${width}-${theme}`, width, theme, set: showHostile },
    ]),
  ),
];

const measureTo = ({ frame }: ShownView, selector = "main"): Promise<number> =>
  frame.evaluate(
    (name) => Math.ceil((document.querySelector(name)?.getBoundingClientRect().bottom ?? 0) + 12),
    selector,
  );

/** @returns the files that were written */
export async function capture(folder: string, onlyKept: boolean): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const random = createRandom(1);
  const { browser } = await openBrowser();
  const server = await openServer({}, [toAnswer(HOSTILE, hostileItems(HOSTILE, 60, random), random)]);
  const files: string[] = [];
  try {
    for (const { name, width, height, theme, set } of CAPTURES.filter(({ isKept = false }) => isKept || !onlyKept)) {
      const view = await openView(browser, { server, width, scheme: theme, context: { theme } });
      await set(view);
      await view.page.setViewport({
        width,
        height: typeof height === "number" ? height : await measureTo(view, height),
      });
      // What is kept is small; what is only looked at opens everywhere.
      const file = path.join(folder, `${name}.${onlyKept ? "webp" : "png"}`);
      await view.page.screenshot({ path: file as `${string}.png`, ...(onlyKept && { quality: 82 }) });
      files.push(file);
      await view.close();
    }
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
  return files;
}
