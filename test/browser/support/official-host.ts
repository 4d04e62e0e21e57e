import type { Transport } from "@modelcontextprotocol/client";
import { AppBridge } from "@modelcontextprotocol/ext-apps/app-bridge";
import type { Browser, Frame, Page } from "puppeteer-core";
import type { ViewServer } from "./server.ts";
import { HOST_PAGE, watch } from "./shown-view.ts";

type Message = Parameters<NonNullable<Transport["onmessage"]>>[0];

/** The view with the official host's half of the bridge behind it, which checks each message against its schema. */
export interface OfficiallyShown {
  bridge: AppBridge;
  page: Page;
  frame: Frame;
  troubles: readonly string[];
}

/** @param set what of the host is set before the view says hello */
export async function openOfficially(
  browser: Browser,
  server: ViewServer,
  set: (bridge: AppBridge) => void,
): Promise<OfficiallyShown> {
  const page = await browser.newPage();
  const troubles = await watch(page);
  const capabilities = {
    openLinks: {},
    downloadFile: {},
    serverTools: {},
    serverResources: {},
    updateModelContext: { text: {} },
  };
  const bridge = new AppBridge(server.client, { name: "official-host", version: "0" }, capabilities, {
    hostContext: {
      theme: "light",
      locale: "en-US",
      timeZone: "UTC",
      displayMode: "inline",
      availableDisplayModes: ["inline", "fullscreen"],
    },
  });
  set(bridge);
  bridge.onerror = (error) => troubles.push(`bridge: ${error.message}`);
  const isReady = new Promise<void>((resolve) => {
    bridge.oninitialized = () => resolve();
  });
  const transport: Transport = {
    start: async () => {},
    close: async () => {},
    send: (message) =>
      page.evaluate((sent) => document.querySelector("iframe")?.contentWindow?.postMessage(sent, "*"), message),
  };
  await page.exposeFunction("toBridge", (message: Message) => transport.onmessage?.(message));
  await bridge.connect(transport);
  await page.setContent(HOST_PAGE);
  await page.evaluate((html) => {
    const frame = document.querySelector("iframe");
    const { toBridge } = window as unknown as { toBridge: (message: unknown) => void };
    addEventListener("message", ({ source, data }) => {
      if (source === frame?.contentWindow) toBridge(data);
    });
    frame?.setAttribute("sandbox", "allow-scripts");
    if (frame) frame.srcdoc = html;
  }, server.page);
  await isReady;
  const frame = page.frames().find((each) => each !== page.mainFrame());
  if (frame === undefined) throw new Error("The view has no frame.");
  return { bridge, page, frame, troubles };
}
