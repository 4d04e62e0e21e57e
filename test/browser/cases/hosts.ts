import { strict as assert } from "node:assert";
import { click, hasButton, press, readText, until, untilRows, untilText } from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";
import { MANY } from "./targets.ts";

const ACME = { target: "acme.example", limit: 1000 };

export async function checkHosts(place: Place): Promise<void> {
  await checkView(place, "the view says what it waits for, and what came of it", async ({ frame, tell }) => {
    await untilText(frame, "Waiting for the answer");
    await tell("ui/notifications/tool-input-partial", { arguments: { target: "acme.exa" } });
    await untilText(frame, "Waiting for the pages of acme.exa");
    await tell("ui/notifications/tool-input", { arguments: ACME });
    await untilText(frame, "Waiting for the pages of acme.example");
    await tell("ui/notifications/tool-cancelled", { reason: "user action" });
    await untilText(frame, "Cancelled: user action.");
    await tell("ui/notifications/tool-result", {
      isError: true,
      content: [{ type: "text", text: "Over the budget." }],
    });
    await untilText(frame, "Over the budget.");
    await tell("ui/notifications/tool-result", { content: [{ type: "text", text: "Nothing but words." }] });
    await untilText(frame, "Nothing but words.");
  });

  await checkView(place, "an empty snapshot says that it is empty", async (view) => {
    await view.show("get_domain_pages", { target: "acme.example", filters: ["page", "like", "%nothing-like-it%"] });
    await untilText(view.frame, "this snapshot is empty");
  });

  await checkView(
    place,
    "a host that strips the view's data is asked for it again, by the free tool",
    async (view) => {
      await view.show("get_domain_pages", ACME);
      await untilText(view.frame, "There is nothing to draw");
      assert.equal(view.calls("query_domain_pages").length, 1);
      assert.equal(view.calls("get_domain_pages").length, 0);
    },
    { stripsMeta: true },
  );

  await checkView(place, "a result whose data was stripped is drawn from the free tool's", async (view) => {
    const { _meta, ...result } = await place.server.call("get_domain_pages", ACME);
    assert.notEqual(_meta, undefined);
    await view.tell("ui/notifications/tool-result", result);
    await untilRows(view.frame, 80);
    assert.equal(view.calls("query_domain_pages").length, 1);
  });

  await checkView(place, "rows beyond the first 64 kB come by the free tool, until all are here", async (view) => {
    const result = await view.show("query_domain_pages", { target: MANY });
    const meta = JSON.stringify(result["_meta"]);
    await untilRows(view.frame, 1000);
    await untilText(view.frame, "1,000 of 1,000 rows");
    const offsets = view
      .calls("query_domain_pages")
      .map(({ params }) => (params["arguments"] as { offset: number }).offset);
    assert(offsets.length >= 1 && offsets.every((offset, at) => offset > (offsets[at - 1] ?? 0)), offsets.join());
    return `${meta.length} bytes first, then ${offsets.length} calls`;
  });

  await checkView(
    place,
    "a host without any ability gets the whole view, and no button that would need one",
    async (view) => {
      await view.show("get_domain_pages", ACME);
      await untilRows(view.frame, 80);
      for (const name of ["Save", "Ask", "Fetch", "Full screen"]) {
        assert.equal(await hasButton(view.frame, name), false, name);
      }
      await press(view.frame, "Dead pages with links, gone");
      await untilRows(view.frame, 8);
      await click(view.frame, ".row .url");
      await untilText(view.frame, "This host does not let the view ask for the full record.");
      assert.equal(await view.frame.$("main a"), null);
      assert.equal(view.calls("query_domain_pages").length, 0);
    },
    { capabilities: {} },
  );

  await checkView(place, "theme, colours and locale follow the host", async (view) => {
    const { frame } = view;
    await view.show("get_domain_pages", ACME);
    await untilRows(frame, 80);
    const colourOf = () => frame.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.equal(await colourOf(), "rgb(255, 255, 255)");
    const change = (params: Record<string, unknown>) => view.tell("ui/notifications/host-context-changed", params);
    await change({ theme: "dark" });
    await until(frame, "the page is dark", () => {
      const colour = getComputedStyle(document.documentElement).backgroundColor;
      return colour === "rgb(22, 24, 29)";
    });
    await change({ styles: { variables: { "--color-background-primary": "rgb(1, 2, 3)", "--evil": "url(x)" } } });
    await until(frame, "the page has the host's colour", () => {
      const colour = getComputedStyle(document.documentElement).backgroundColor;
      return colour === "rgb(1, 2, 3)";
    });
    assert.equal(await frame.evaluate(() => document.documentElement.style.getPropertyValue("--evil")), "");
    await change({ locale: "de-DE", timeZone: "Europe/Berlin" });
    await untilText(frame, "2.444");
    assert.match(await readText(frame, ".totals"), /2\.444/);
    await change({ locale: "no such locale" });
    await until(frame, "figures are still written", () =>
      /2\D?444/.test(document.querySelector(".totals")?.textContent ?? ""),
    );
  });

  await checkView(place, "the host hears how tall the view is whenever that changes", async (view) => {
    await view.show("get_domain_pages", ACME);
    await untilRows(view.frame, 80);
    const heights = () =>
      view.asked
        .filter(({ method }) => method === "ui/notifications/size-changed")
        .map(({ params }) => Number(params["height"]));
    const height = await view.frame.evaluate(
      () => document.getElementById("view")?.getBoundingClientRect().height ?? 0,
    );
    await until(view.frame, "a frame passed", () => true);
    assert.equal(heights().at(-1), Math.ceil(height));
    await view.page.setViewport({ width: 400, height: 900 });
    await until(view.frame, "it is narrow", () => document.documentElement.clientWidth === 400);
    await until(view.frame, "a frame passed", () => true);
    assert((heights().at(-1) ?? 0) > height, heights().join());
  });

  await checkView(place, "a teardown is answered, a ping too, and what is unknown is refused", async (view) => {
    await untilText(view.frame, "Waiting for the answer");
    const answers = await view.page.evaluate(() =>
      Promise.all(
        ["ping", "ui/resource-teardown", "ui/unheard-of"].map(
          (method) =>
            new Promise((resolve) => {
              addEventListener(
                "message",
                ({ data }) => data.id === method && data.method === undefined && resolve(data),
              );
              const message = { jsonrpc: "2.0", id: method, method, params: {} };
              document.querySelector("iframe")?.contentWindow?.postMessage(message, "*");
            }),
        ),
      ),
    );
    assert.deepEqual(answers, [
      { jsonrpc: "2.0", id: "ping", result: {} },
      { jsonrpc: "2.0", id: "ui/resource-teardown", result: {} },
      { jsonrpc: "2.0", id: "ui/unheard-of", error: { code: -32_601, message: "Unknown method: ui/unheard-of" } },
    ]);
  });
}
