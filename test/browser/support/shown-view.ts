import type { Browser, Frame, Page } from "puppeteer-core";
import type { Json, ViewServer } from "./server.ts";

/** What the view asked of its host, or told it. */
export interface Asked {
  method: string;
  params: Json;
}

export interface HostSetting {
  server: ViewServer;
  /** What the host says it can do; all of it where nothing is said. */
  capabilities?: Json;
  context?: Json;
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
  /** Takes `_meta` away from every result. */
  stripsMeta?: boolean;
  /** Answers a call in the server's place. */
  answer?: (asked: Asked) => Promise<Json> | undefined;
}

/** A view inside a host of ours, and all that happens between them. */
export interface ShownView {
  page: Page;
  frame: Frame;
  asked: readonly Asked[];
  /** Console errors, uncaught errors, breaches of the policy, requests to anywhere. */
  troubles: readonly string[];
  /** Sends what a host sends unasked. */
  tell(method: string, params: Json): Promise<void>;
  /** Runs a tool, as a model would, and passes its result on. */
  show(tool: string, args: Json): Promise<Json>;
  calls(tool: string): Asked[];
  close(): Promise<void>;
}

export const ALL_CAPABILITIES: Json = {
  openLinks: {},
  downloadFile: {},
  serverTools: {},
  serverResources: {},
  updateModelContext: { text: {} },
  message: { text: {} },
};

/** Opens the server's page in a sandboxed frame, as hosts do, and answers it. */
export async function openView(browser: Browser, setting: HostSetting): Promise<ShownView> {
  const { server, width = 1400, height = 900, scheme = "light", stripsMeta = false } = setting;
  const page = await browser.newPage();
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  const troubles = await watch(page);
  const asked: Asked[] = [];
  let initialized: () => void = () => {};
  const isReady = new Promise<void>((resolve) => {
    initialized = resolve;
  });
  const strip = ({ _meta, ...result }: Json): Json => (stripsMeta ? result : { ...result, _meta });

  const answer = async (one: Asked): Promise<Json> => {
    const own = setting.answer?.(one);
    if (own !== undefined) return own;
    const { method, params } = one;
    if (method === "ui/initialize") {
      return {
        protocolVersion: "2026-01-26",
        hostInfo: { name: "view-test-host", version: "0" },
        hostCapabilities: setting.capabilities ?? ALL_CAPABILITIES,
        hostContext: { locale: "en-US", timeZone: "UTC", ...setting.context },
      };
    }
    if (method === "tools/call") return strip(await server.call(String(params["name"]), params["arguments"] as Json));
    if (method === "resources/read") return server.read(String(params["uri"]));
    return {};
  };
  await page.exposeFunction("askHost", async (method: string, params: Json) => {
    asked.push({ method, params });
    if (method === "ui/notifications/initialized") initialized();
    return answer({ method, params }).then(
      (result) => ({ result }),
      (error: Error) => ({ error: { code: -32_000, message: error.message } }),
    );
  });
  await page.setContent(HOST_PAGE);
  await page.evaluate(serveFrame, server.page);
  await isReady;
  const frame = page.frames().find((each) => each !== page.mainFrame());
  if (frame === undefined) throw new Error("The view has no frame.");
  const tell: ShownView["tell"] = (method, params) =>
    page.evaluate((message) => document.querySelector("iframe")?.contentWindow?.postMessage(message, "*"), {
      jsonrpc: "2.0",
      method,
      params,
    });
  return {
    page,
    frame,
    asked,
    troubles,
    tell,
    show: async (tool, args) => {
      await tell("ui/notifications/tool-input", { arguments: args });
      const result = await server.call(tool, args);
      await tell("ui/notifications/tool-result", strip(result));
      return result;
    },
    calls: (tool) => asked.filter(({ method, params }) => method === "tools/call" && params["name"] === tool),
    close: () => page.close(),
  };
}

/** The whole window is the frame's. */
export const HOST_PAGE = '<!doctype html><body style="margin:0"><iframe style="border:0;width:100vw;height:100vh">';

/** Runs in the host's page: answers what the frame asks, and lets nobody else speak. */
function serveFrame(html: string): void {
  const host = window as unknown as { askHost: (method: string, params: unknown) => Promise<object> };
  const frame = document.querySelector("iframe");
  if (frame === null) throw new Error("The host has no frame.");
  addEventListener("message", async ({ source, data }) => {
    if (source !== frame.contentWindow || data?.method === undefined) return;
    const answer = await host.askHost(data.method, data.params ?? {});
    if (data.id !== undefined) frame.contentWindow?.postMessage({ jsonrpc: "2.0", id: data.id, ...answer }, "*");
  });
  frame.setAttribute("sandbox", "allow-scripts");
  frame.srcdoc = html;
}

/** Everything that a view must not do, as it happens. */
export async function watch(page: Page): Promise<string[]> {
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`uncaught: ${String(error)}`));
  page.on("dialog", (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", () => troubles.push("a window was opened"));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(?:about|blob|data|file):/.test(url)) troubles.push(`request: ${url}`);
    void request.continue();
  });
  await page.setRequestInterception(true);
  await page.evaluateOnNewDocument(() => {
    // What hostile text would set if it ran.
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      // biome-ignore lint/suspicious/noConsole: the page's console is what is watched
      console.error(`policy: ${violatedDirective} ${blockedURI}`),
    );
  });
  return troubles;
}
