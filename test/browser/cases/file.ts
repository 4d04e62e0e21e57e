import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Frame } from "puppeteer-core";
import { makeTempFolder } from "../../support/temp-home.ts";
import { click, hasButton, press, until, untilRows, untilText } from "../support/page-tools.ts";
import type { Place } from "../support/place.ts";
import { watch } from "../support/shown-view.ts";
import { writeViewFile } from "../support/view-file.ts";

export async function checkFile({ browser, checks }: Place): Promise<void> {
  const open = async (url: string) => {
    const page = await browser.newPage();
    const troubles = await watch(page);
    await page.goto(url);
    return { page, frame: page.mainFrame() as Frame, troubles };
  };

  await checks.check("a file of a snapshot shows everything and asks nobody", async () => {
    const url = await writeViewFile([{ args: ["get", "acme.example", "--limit", "1000"] }], ["acme.example"]);
    const { page, frame, troubles } = await open(url);
    await untilRows(frame, 80);
    await press(frame, "Dead pages with links, gone");
    await untilRows(frame, 8);
    await click(frame, '.row[data-handle="p2"] .url');
    await untilText(frame, "page_summary.referring_links_countries");
    const link = await frame.$eval(".record a", (a) => ({ href: a.getAttribute("href"), rel: a.getAttribute("rel") }));
    assert.deepEqual(link, { href: "https://acme.example/anvil-size-calculator", rel: "noopener noreferrer" });
    for (const name of ["Ask about", "Fetch"]) assert.equal(await hasButton(frame, name), false, name);
    assert.deepEqual(troubles, []);
    await page.close();
  });

  await checks.check("a file saves its rows and the redirect map as CSV under its own policy", async () => {
    const url = await writeViewFile([{ args: ["get", "acme.example", "--limit", "1000"] }], ["acme.example"]);
    const { page, frame, troubles } = await open(url);
    const folder = makeTempFolder();
    const session = await browser.target().createCDPSession();
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder, eventsEnabled: true });
    const save = async (button: string, file: string) => {
      const isSaved = new Promise<void>((resolve) =>
        session.on("Browser.downloadProgress", ({ state }) => state === "completed" && resolve()),
      );
      await press(frame, button);
      await isSaved;
      return readFile(path.join(folder, `acme.example-${file}`), "utf8");
    };
    await untilRows(frame, 80);
    const rows = await save("Save rows as CSV", "rows.csv");
    assert.equal(rows.trimEnd().split("\r\n").length, 81);
    assert(rows.includes('"p2","https://acme.example/anvil-size-calculator",404,'), rows.slice(0, 600));
    const redirects = await save("Save redirect map", "redirects.csv");
    assert.match(redirects, /^id,from,http,backlinks,ref_domains,verdict,to,/);
    assert(redirects.includes("https://acme.example/anvil-size-calculator"), redirects.slice(0, 600));
    assert.deepEqual(troubles, []);
    await session.detach();
    await page.close();
  });

  await checks.check("a file of two snapshots shows the comparison", async () => {
    const url = await writeViewFile(
      [{ args: ["get", "acme.example", "--limit", "1000"] }, { args: ["get", "shop.acme.example"] }],
      ["acme.example", "shop.acme.example"],
    );
    const { page, frame, troubles } = await open(url);
    await untilText(frame, "Side by side");
    assert.deepEqual(troubles, []);
    await page.close();
  });

  await checks.check("a page printed holds every row", async () => {
    const url = await writeViewFile([{ args: ["get", "acme.example", "--limit", "1000"] }], ["acme.example"]);
    const { page, frame } = await open(url);
    await untilRows(frame, 80);
    await frame.evaluate(() => {
      addEventListener("beforeprint", () => {
        document.documentElement.dataset["printed"] = String(document.querySelectorAll(".row").length);
      });
    });
    await page.pdf();
    await until(frame, "80 rows were there to print", () => document.documentElement.dataset["printed"] === "80");
    await page.close();
  });

  await checks.check("the page without data and without a host says what it is", async () => {
    const { page, frame, troubles } = await open(new URL("../../../dist/view.html", import.meta.url).href);
    await untilText(frame, "Opened by itself, it holds none.");
    assert.deepEqual(troubles, []);
    await page.close();
  });
}
