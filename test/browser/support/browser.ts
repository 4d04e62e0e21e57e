import chromium from "@sparticuz/chromium";
import puppeteer, { type Browser } from "puppeteer-core";

/** No sandbox, since this may be root in a container; and nothing that reaches for the network by itself. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface OpenBrowser {
  browser: Browser;
  /** Which one, and from where. */
  name: string;
}

/** The browser of the workspace's own package, or the one that `VIEW_TEST_BROWSER` names. */
export async function openBrowser(): Promise<OpenBrowser> {
  const named = process.env["VIEW_TEST_BROWSER"];
  const executablePath = named ?? (await chromium.executablePath());
  const browser = await puppeteer.launch({ executablePath, headless: "shell", args: FLAGS });
  const from = named ?? "@sparticuz/chromium";
  return { browser, name: `${await browser.version()} of ${from}` };
}
