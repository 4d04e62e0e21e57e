import type { TextFile } from "../bridge/host.ts";

/** Saves a file as a browser does, where the page stands by itself. */
export function saveFile({ name, mimeType, text }: TextFile): void {
  const url = URL.createObjectURL(new Blob([text], { type: mimeType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url));
}
