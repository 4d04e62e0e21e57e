/** A page with a link through it, 64 × 64; our own drawing. The picture files are made from it. */
export const ICON_SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#17324d"/>' +
  '<path d="M18 12h20l10 10v30H18z" fill="#f4f7fa"/><path d="M38 12v10h10" fill="#b9c9d9"/>' +
  '<g fill="none" stroke="#e8743b" stroke-width="4" stroke-linecap="round"><path d="M31 34l-4 4a5 5 0 0 0 7 7l4-4"/>' +
  '<path d="M35 38l4-4a5 5 0 0 0-7-7l-4 4"/></g></svg>';

export const ICON = {
  src: `data:image/svg+xml;base64,${Buffer.from(ICON_SVG).toString("base64")}`,
  mimeType: "image/svg+xml",
  sizes: ["any"],
};
