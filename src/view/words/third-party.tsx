import { useStore } from "../state/store.ts";
import { shorten, toSafeUrl } from "./words.ts";

/** A stranger's words: isolated, so that their direction turns nothing around them, and bounded. */
export function ThirdParty({ text, class: name }: { text: string; class?: string }) {
  return (
    <bdi dir="auto" class={name}>
      {shorten(text)}
    </bdi>
  );
}

/** An address that opens where the host or the browser allows it; plain text for all that is not http(s). */
export function LinkOut({ url }: { url: string }) {
  const { host, said } = useStore();
  const safe = toSafeUrl(url);
  if (safe === null) return <ThirdParty text={url} class="address" />;
  const open = host.value?.can.openLinks ? host.value.openLink : null;
  if (open === null && host.value !== null) return <ThirdParty text={url} class="address" />;
  const onClick = (event: Event) => {
    if (open === null) return;
    event.preventDefault();
    open(safe).catch(() => {
      said.value = "The host did not open the link.";
    });
  };
  return (
    <a class="address" href={safe} target="_blank" rel="noopener noreferrer" onClick={onClick}>
      <ThirdParty text={url} />
    </a>
  );
}
