import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useStore } from "../state/store-context.ts";
import { LinkOut } from "../words/link-out.tsx";
import { ThirdParty } from "../words/third-party.tsx";
import { loadRecord, type RecordState } from "./load-record.ts";

/** Everything that came for one page, as soon as it is here. Its address is told where the panel does not. */
export function FullRecord({ handle, isVariant }: { handle: string; isVariant: boolean }) {
  const store = useStore();
  const state = useSignal<RecordState>({ kind: "loading" });
  useEffect(() => {
    let isShown = true;
    loadRecord(store, handle).then((loaded) => {
      if (isShown) state.value = loaded;
    });
    return () => {
      isShown = false;
    };
  }, [store, handle, state]);
  const { value } = state;
  return (
    <div aria-live="polite" aria-busy={value.kind === "loading"}>
      {value.kind === "loading" && <p class="quiet">Reading the full record…</p>}
      {value.kind === "missing" && (
        <p class="quiet">
          <ThirdParty text={value.words} />
        </p>
      )}
      {value.kind === "here" && (
        <>
          {isVariant && (
            <p>
              <LinkOut url={value.record.url} />
            </p>
          )}
          <dl class="fields">
            {value.record.fields.map(({ name, value: text }) => (
              <div key={name}>
                <dt>
                  <ThirdParty text={name} />
                </dt>
                <dd>
                  <ThirdParty text={text} />
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </div>
  );
}
