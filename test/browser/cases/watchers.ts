import { strict as assert } from "node:assert";
import { until, untilRows } from "../support/page-tools.ts";
import type { Place } from "../support/place.ts";
import { openView } from "../support/shown-view.ts";
import { findViolations } from "./access.ts";

/** What the other cases rely on to see that something is wrong does see it. */
export async function checkWatchers({ browser, server, checks }: Place): Promise<void> {
  const planted: [string, () => void, RegExp][] = [
    [
      "a picture from elsewhere",
      () => document.body.append(Object.assign(new Image(), { src: "https://evil.example/x" })),
      /img-src|Content Security/,
    ],
    [
      "a script",
      () => void document.body.append(Object.assign(document.createElement("script"), { text: "canary=1" })),
      /TrustedScript|script/i,
    ],
    ["a handler in markup", () => document.body.setAttribute("onclick", "canary=1"), /TrustedScript|script/i],
    ["an error that nobody catches", () => void Promise.reject(new Error("planted")), /uncaught: .*planted/],
    ["a request", () => void fetch("https://evil.example/").catch(() => {}), /connect-src|Content Security/],
  ];
  for (const [what, plant, seen] of planted) {
    await checks.check(`${what} in the view is noticed, and does not come about`, async () => {
      const view = await openView(browser, { server });
      const refused = await view.frame.evaluate(plant).then(
        () => "",
        (error: Error) => String(error),
      );
      await until(view.frame, "a few frames passed", () => {
        const { dataset } = document.documentElement;
        dataset["frames"] = `${dataset["frames"] ?? ""}.`;
        return dataset["frames"].length > 20;
      });
      const noticed = [...view.troubles, refused];
      assert(
        noticed.some((trouble) => seen.test(trouble)),
        noticed.join("\n"),
      );
      assert.equal(await view.frame.evaluate(() => (window as { canary?: unknown }).canary), undefined);
      await view.close();
    });
  }

  await checks.check("axe-core sees a button without a name and a text without contrast", async () => {
    const view = await openView(browser, { server });
    await view.show("get_domain_pages", { target: "acme.example", limit: 1000 });
    await untilRows(view.frame, 80);
    await view.frame.evaluate(() => {
      document.querySelector(".tools")?.append(document.createElement("button"));
      const pale = document.createElement("p");
      pale.textContent = "pale";
      pale.style.color = "#ccc";
      document.querySelector("main")?.prepend(pale);
    });
    const found = (await findViolations(view.frame)).map((violation) => violation.split(":")[0]);
    assert.deepEqual(found.sort(), ["button-name", "color-contrast"]);
    await view.close();
  });
}
