import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useStore } from "../state/store.ts";
import { LinkOut, ThirdParty } from "../words/third-party.tsx";
import { FullRecord } from "./full-record.tsx";

interface RecordPanelProps {
  /** Of the row; its variants are opened beside it. */
  handle: string;
  onClose: () => void;
}

/** One fold: what the table says of it, its variants, and the full record of the one that is chosen. */
export function RecordPanel({ handle, onClose }: RecordPanelProps) {
  const { rows, words, snapshot } = useStore();
  const heading = useRef<HTMLHeadingElement>(null);
  const chosen = useSignal(handle);
  useEffect(() => {
    chosen.value = handle;
    heading.current?.focus();
  }, [handle, chosen]);

  const row = rows.value.find((each) => each.handle === handle || each.variants.includes(handle));
  const says = snapshot.value?.findings.filter(({ handles }) => handles.includes(handle)) ?? [];
  return (
    <aside
      class="record"
      aria-labelledby="record-title"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header>
        <h2 id="record-title" ref={heading} tabIndex={-1}>
          Page {handle}
        </h2>
        <button type="button" class="close" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      {row !== undefined && (
        <>
          <p>
            <LinkOut url={row.url} />
          </p>
          {row.title !== null && (
            <p>
              <ThirdParty text={row.title} />
            </p>
          )}
          {row.location !== null && (
            <p>
              Redirects to <LinkOut url={row.location} />
            </p>
          )}
          <p class="quiet">
            {words.value.count(row.backlinks)}
            {row.backlinksAtLeast && "+"} backlinks from {words.value.range(row.domains)} domains
          </p>
        </>
      )}
      {says.length > 0 && (
        <ul class="plain">
          {says.map(({ rule, says: words }) => (
            <li key={rule}>
              <ThirdParty text={rule} />
              {words[handle] !== undefined && (
                <>
                  {": "}
                  <ThirdParty text={words[handle] ?? ""} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {row !== undefined && row.variants.length > 0 && (
        <div role="group" aria-label="Variants of this page" class="folded">
          {[row.handle, ...row.variants].map((each) => (
            <button
              type="button"
              key={each}
              aria-pressed={chosen.value === each}
              onClick={() => {
                chosen.value = each;
              }}
            >
              {each}
            </button>
          ))}
          {row.variantsInAll > row.variants.length && (
            <span class="quiet">{words.value.count(row.variantsInAll - row.variants.length)} more</span>
          )}
        </div>
      )}
      <FullRecord key={chosen.value} handle={chosen.value} isVariant={chosen.value !== row?.handle} />
    </aside>
  );
}
