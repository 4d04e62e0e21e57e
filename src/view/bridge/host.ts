import { createPeer, type Params, PeerError, type Port, toParams } from "./peer.ts";

const PROTOCOL_VERSION = "2026-01-26";

/** What the host can do for the view; a button that needs more is not shown. */
export interface HostAbilities {
  callTools: boolean;
  readResources: boolean;
  openLinks: boolean;
  downloadFiles: boolean;
  updateContext: boolean;
  sendMessages: boolean;
}

/** A tool's result as the view reads it. */
export interface ToolResult {
  isError: boolean;
  /** What the model reads. */
  text: string;
  structured: Params;
  meta: Params;
}

export interface TextFile {
  name: string;
  mimeType: string;
  text: string;
}

/** What reaches the view unasked. */
export interface HostEvents {
  onInput: (toolArguments: Params) => void;
  onResult: (result: ToolResult) => void;
  onCancelled: (reason: string) => void;
  onContext: (context: HostContext) => void;
  onTeardown: () => void;
}

/** The program that shows the view. Its calls throw {@link PeerError} with the reason when they are refused. */
export interface Host {
  can: HostAbilities;
  callTool: (name: string, toolArguments: Params) => Promise<ToolResult>;
  /** The text of a resource. */
  readResource: (uri: string) => Promise<string>;
  openLink: (url: string) => Promise<void>;
  download: (file: TextFile) => Promise<void>;
  /** What the model reads with the person's next message; it replaces what was sent before. */
  updateContext: (text: string) => Promise<void>;
  /** Puts it to the model at once, as the person's words. */
  sendMessage: (text: string) => Promise<void>;
  requestDisplayMode: (mode: string) => Promise<void>;
  sayHeight: (height: number) => void;
}

/** Shakes hands with the host; resolves when it has answered, and not at all when there is none. */
export async function connectHost(port: Port, version: string, events: HostEvents): Promise<Host> {
  const peer = createPeer(port, {
    onRequest: (method) => {
      if (method === "ping") return {};
      if (method !== "ui/resource-teardown") return undefined;
      events.onTeardown();
      return {};
    },
    onNotification: (method, params) => NOTIFICATIONS[method]?.(events, params),
  });
  const { hostCapabilities, hostContext } = await peer.request("ui/initialize", {
    appInfo: { name: "domain-pages-mcp", version },
    appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
    protocolVersion: PROTOCOL_VERSION,
  });
  events.onContext(readHostContext(toParams(hostContext)));
  peer.notify("ui/notifications/initialized", {});
  const expectDone = async (method: string, params: Params): Promise<void> => {
    const { isError } = await peer.request(method, params);
    if (isError === true) throw new PeerError("The host did not do it.");
  };
  return {
    can: readAbilities(toParams(hostCapabilities)),
    callTool: async (name, toolArguments) =>
      readToolResult(await peer.request("tools/call", { name, arguments: toolArguments })),
    readResource: async (uri) => readText((await peer.request("resources/read", { uri }))["contents"]),
    openLink: (url) => expectDone("ui/open-link", { url }),
    download: ({ name, mimeType, text }) =>
      expectDone("ui/download-file", {
        contents: [{ type: "resource", resource: { uri: `file:///${name}`, mimeType, text } }],
      }),
    updateContext: (text) => expectDone("ui/update-model-context", { content: [{ type: "text", text }] }),
    sendMessage: (text) => expectDone("ui/message", { role: "user", content: [{ type: "text", text }] }),
    requestDisplayMode: async (mode) => {
      const answer = await peer.request("ui/request-display-mode", { mode });
      events.onContext(readHostContext({ displayMode: answer["mode"] }));
    },
    sayHeight: (height) => peer.notify("ui/notifications/size-changed", { height }),
  };
}

const NOTIFICATIONS: Readonly<Record<string, (events: HostEvents, params: Params) => void>> = {
  "ui/notifications/tool-input": (events, params) => events.onInput(toParams(params["arguments"])),
  "ui/notifications/tool-input-partial": (events, params) => events.onInput(toParams(params["arguments"])),
  "ui/notifications/tool-result": (events, params) => events.onResult(readToolResult(params)),
  "ui/notifications/tool-cancelled": (events, { reason }) =>
    events.onCancelled(typeof reason === "string" ? reason : ""),
  "ui/notifications/host-context-changed": (events, params) => events.onContext(readHostContext(params)),
};

function readAbilities(capabilities: Params): HostAbilities {
  const has = (name: string) => typeof capabilities[name] === "object" && capabilities[name] !== null;
  return {
    callTools: has("serverTools"),
    readResources: has("serverResources"),
    openLinks: has("openLinks"),
    downloadFiles: has("downloadFile"),
    updateContext: has("updateModelContext"),
    sendMessages: has("message"),
  };
}

/** A result that a host passes on, in whatever state that leaves it. */
export const readToolResult = (result: Params): ToolResult => ({
  isError: result["isError"] === true,
  text: readText(result["content"]),
  structured: toParams(result["structuredContent"]),
  meta: toParams(result["_meta"]),
});

/** The texts of content blocks or of a resource's parts, one after the other. */
const readText = (parts: unknown): string =>
  (Array.isArray(parts) ? parts : [])
    .map((part) => toParams(part)["text"])
    .filter((text) => typeof text === "string")
    .join("\n");

/** What a host tells about the place in which it shows the view; all of it may be missing. */
export interface HostContext {
  theme?: "light" | "dark";
  /** CSS variables by name, `--color-text-primary`. */
  variables?: Record<string, string>;
  /** BCP 47 */
  locale?: string;
  /** IANA */
  timeZone?: string;
  displayMode?: string;
  displayModes?: string[];
  /** Pixels. */
  safeArea?: { top: number; right: number; bottom: number; left: number };
}

/** Only what is of the form that was agreed on; a change holds what changed. */
export function readHostContext(params: Params): HostContext {
  const { theme, locale, timeZone, displayMode, availableDisplayModes } = params;
  const variables = toParams(toParams(params["styles"])["variables"]);
  const insets = toParams(params["safeAreaInsets"]);
  return {
    ...((theme === "light" || theme === "dark") && { theme }),
    ...(Object.keys(variables).length > 0 && { variables: onlyTexts(variables) }),
    ...(typeof locale === "string" && { locale }),
    ...(typeof timeZone === "string" && { timeZone }),
    ...(typeof displayMode === "string" && { displayMode }),
    ...(Array.isArray(availableDisplayModes) && { displayModes: availableDisplayModes.filter(isText) }),
    ...(Object.keys(insets).length > 0 && {
      safeArea: {
        top: toPixels(insets["top"]),
        right: toPixels(insets["right"]),
        bottom: toPixels(insets["bottom"]),
        left: toPixels(insets["left"]),
      },
    }),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

const onlyTexts = (params: Params): Record<string, string> =>
  Object.fromEntries(Object.entries(params).filter((entry): entry is [string, string] => isText(entry[1])));

const toPixels = (value: unknown): number => (typeof value === "number" && value > 0 ? value : 0);
