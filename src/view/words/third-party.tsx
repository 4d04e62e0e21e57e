import { shorten } from "./shorten.ts";

/** A stranger's words: isolated, so that their direction turns nothing around them, and bounded. */
export function ThirdParty({ text, class: name }: { text: string; class?: string }) {
  return (
    <bdi dir="auto" class={name}>
      {shorten(text)}
    </bdi>
  );
}
