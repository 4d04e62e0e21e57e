import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { ICON_SVG } from "../../src/mcp/server.ts";

export const ICON_PNG = "assets/icon.png";
export const ICON_SVG_FILE = "assets/icon.svg";

/** What desktop hosts ask for. */
const SIDE_PX = 512;

/** The icon as a picture; a renderer in WebAssembly makes the same bytes on every machine. */
export async function renderIcon(): Promise<Uint8Array> {
  const wasm = createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm");
  await initWasm(readFile(wasm));
  return new Resvg(ICON_SVG, { fitTo: { mode: "width", value: SIDE_PX } }).render().asPng();
}
