import { strict as assert } from "node:assert";
import type { Browser } from "puppeteer-core";
import type { Checks } from "./checks.ts";
import type { ViewServer } from "./server.ts";
import { type HostSetting, openView, type ShownView } from "./shown-view.ts";

/** What cases are run with. */
export interface Place {
  browser: Browser;
  server: ViewServer;
  checks: Checks;
}

/** One case: a view of its own, and nothing wrong with it when it is over. */
export function checkView(
  { browser, server, checks }: Place,
  name: string,
  body: (view: ShownView) => Promise<unknown>,
  setting: Partial<HostSetting> = {},
): Promise<void> {
  return checks.check(name, async () => {
    const view = await openView(browser, { server, ...setting });
    try {
      const note = await body(view);
      assert.deepEqual(view.troubles, []);
      return typeof note === "string" ? note : undefined;
    } finally {
      await view.close();
    }
  });
}
