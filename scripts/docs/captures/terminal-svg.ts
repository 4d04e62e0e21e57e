import { type Played, WIDTH } from "./play-scene.ts";

const FONT_PX = 13;
const COLUMN_PX = 7.8;
const LINE_PX = 18;
const EDGE_PX = 16;
/** The bar with the title. */
const HEAD_PX = 36;

/** Both themes; which one is shown is the viewer's setting. */
const STYLE = `
text{font:${FONT_PX}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328;white-space:pre}
.frame{fill:#f6f8fa;stroke:#d1d9e0}.title,.more{fill:#59636e}.typed{fill:#0550ae;font-weight:600}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.frame{fill:#0d1117;stroke:#3d444d}.title,.more{fill:#9198a1}.typed{fill:#79c0ff}}`;

interface Line {
  text: string;
  look?: "typed" | "more" | "title";
}

/** A terminal window as a picture: text stays text, so that it can be searched and read aloud. */
export function toTerminalSvg(title: string, played: readonly Played[]): string {
  const lines = played.flatMap(({ typed, output, linesLeftOut }, index): Line[] => [
    ...(index === 0 ? [] : [{ text: "" }]),
    { text: `$ ${typed}`, look: "typed" },
    ...output.flatMap(wrap).map((text) => ({ text })),
    ...(linesLeftOut === 0 ? [] : [{ text: `… ${linesLeftOut} more lines`, look: "more" as const }]),
  ]);
  const width = Math.round(WIDTH * COLUMN_PX + 2 * EDGE_PX);
  const height = HEAD_PX + lines.length * LINE_PX + EDGE_PX;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${toXml(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="frame" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    toText({ text: title, look: "title" }, EDGE_PX + 6),
    ...lines.map((line, index) => toText(line, HEAD_PX + index * LINE_PX + FONT_PX)),
    "</svg>\n",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function toText({ text, look }: Line, y: number): string {
  if (text.trim() === "") return "";
  const name = look === undefined ? "" : ` class="${look}"`;
  // The length holds columns in their places, whichever font the viewer has.
  const length = (displayWidth(text) * COLUMN_PX).toFixed(1);
  return `<text x="${EDGE_PX}" y="${y}"${name} textLength="${length}" xml:space="preserve">${toXml(text)}</text>`;
}

/** As a terminal does it: by columns, without regard to words. */
function wrap(line: string): string[] {
  const characters = [...line];
  const count = Math.max(1, Math.ceil(characters.length / WIDTH));
  return Array.from({ length: count }, (_, index) => characters.slice(index * WIDTH, (index + 1) * WIDTH).join(""));
}

const displayWidth = (text: string): number => [...text].length;

const toXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
