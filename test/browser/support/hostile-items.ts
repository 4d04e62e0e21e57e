import type { Item } from "./answers.ts";
import type { Random } from "./random.ts";

/** Each would set the canary, load something or break the page if it were taken for what it looks like. */
const MARKUP = [
  "<script>window.canary=1</script>",
  '"><img src=x onerror="canary=1">',
  "<svg/onload=canary=1>",
  "<style>*{display:none!important;background:url(https://evil.example/x)}</style>",
  "</style></script><iframe src=https://evil.example></iframe>",
  '" style="position:fixed;inset:0;background:red" onfocus="canary=1" autofocus x="',
  "javascript:window.canary=1",
  "data:text/html,<script>parent.canary=1</script>",
  "{{constructor.constructor('canary=1')()}}",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as somebody would write it to break a template
  "${canary=1}",
  "<base href=https://evil.example/>",
  "<link rel=stylesheet href=https://evil.example/a.css>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "</script><!--",
  "]]>",
] as const;

const TEXT = [
  "\u202egnp.exe",
  "\u2066\u2067\u202b\u202e",
  "a\u200bb\u200dc\ufeff",
  "\u0000\u0007\u001b[2J",
  "שלום עולם",
  "مرحبا بالعالم",
  "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
  "日本語のタイトル",
  "🙂🏳️‍🌈",
  "W".repeat(10_000),
  "x".repeat(300),
  "=cmd|' /C calc'!A0",
  "\u2028\u2029",
  "__proto__",
] as const;

/** One to three of them, side by side. */
export const hostileText = (random: Random): string =>
  Array.from({ length: 1 + random.below(3) }, () =>
    random.below(2) === 0 ? random.pick(MARKUP) : random.pick(TEXT),
  ).join(" ");

/** Pages whose every text is a stranger's at his worst; from one seed, always the same. */
export function hostileItems(target: string, count: number, random: Random): Item[] {
  const text = () => hostileText(random);
  return Array.from({ length: count }, (_, at) => ({
    url: random.pick([
      `https://${target}/${text()}`,
      `https://${target}/${encodeURIComponent("<script>")}${at}/${text()}`,
      `javascript:window.canary=1//${at}`,
      `data:text/html,<script>canary=1</script>${at}`,
      `https://${target}/section ${text()}/${at}`,
      text(),
    ]),
    title: text(),
    status: random.pick([200, 404, 301]),
    location: random.pick([null, "javascript:canary=1", text()]),
    linkType: text(),
    country: text(),
  }));
}
