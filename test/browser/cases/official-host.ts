import { strict as assert } from "node:assert";
import { openOfficially } from "../support/official-host.ts";
import { click, press, until, untilRows, untilText } from "../support/page-tools.ts";
import type { Place } from "../support/place.ts";

/** Our half of the bridge is hand-written: here it speaks with the other half as the protocol's own package has it. */
export async function checkOfficialHost({ browser, server, checks }: Place): Promise<void> {
  await checks.check("the official host's bridge understands the view, and the view it", async () => {
    const heard: string[] = [];
    const { bridge, page, frame, troubles } = await openOfficially(browser, server, (host) => {
      host.onopenlink = async ({ url }) => {
        heard.push(`open ${url}`);
        return {};
      };
      host.ondownloadfile = async ({ contents }) => {
        const [file] = contents;
        heard.push(`download ${file?.type === "resource" ? file.resource.uri : file?.type}`);
        return {};
      };
      host.onupdatemodelcontext = async ({ content }) => {
        heard.push(`context of ${content?.length} part`);
        return {};
      };
      host.onrequestdisplaymode = async ({ mode }) => {
        heard.push(`display ${mode}`);
        return { mode };
      };
      host.onsizechange = ({ height }) => {
        if ((height ?? 0) > 0 && !heard.includes("a height")) heard.push("a height");
      };
    });
    assert.deepEqual(bridge.getAppVersion()?.name, "domain-pages-mcp");
    const args = { target: "acme.example", limit: 1000 };
    await bridge.sendToolInputPartial({ arguments: { target: "acme" } });
    await bridge.sendToolInput({ arguments: args });
    await untilText(frame, "Waiting for the pages of acme.example");
    await bridge.sendToolResult((await server.client.callTool({ name: "get_domain_pages", arguments: args })) as never);
    await untilRows(frame, 80);
    await press(frame, "Save redirect map");
    await untilText(frame, "Saved acme.example-redirects.csv");
    await press(frame, "Ask about these rows");
    await untilText(frame, "will read 80 rows");
    await click(frame, '.row[data-handle="p2"] .url');
    await untilText(frame, "page_summary.referring_links_tld");
    await click(frame, ".record a");
    await press(frame, "Full screen");
    await untilText(frame, "Back into the conversation");
    bridge.setHostContext({ theme: "dark", locale: "de-DE", timeZone: "UTC" });
    await until(frame, "it is dark", () => document.documentElement.style.colorScheme === "dark");
    await untilText(frame, "2.444");
    assert.deepEqual(heard, [
      "a height",
      "download file:///acme.example-redirects.csv",
      "context of 1 part",
      "open https://acme.example/anvil-size-calculator",
      "display fullscreen",
    ]);
    assert.deepEqual(await bridge.teardownResource({}), {});
    assert.deepEqual(troubles, []);
    await page.close();
  });
}
