import { asWhole, type GeneratedDocument } from "../document.ts";
import { playScene } from "./play-scene.ts";
import { SCENES } from "./scenes.ts";
import { toTerminalSvg } from "./terminal-svg.ts";

/** Pictures of the built program at work. */
export const CAPTURES: readonly GeneratedDocument[] = SCENES.map((scene) =>
  asWhole(`docs/images/${scene.name}.svg`, async () => toTerminalSvg(scene.title, await playScene(scene))),
);
