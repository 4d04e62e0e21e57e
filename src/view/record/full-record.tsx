import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Params, toParams } from "../bridge/peer.ts";
import { type Store, useStore } from "../state/store.ts";
import { QUERY, toFailure } from "../state/take-result.ts";
import { LinkOut, ThirdParty } from "../words/third-party.tsx";

/** Everything that came for one page, in words. */
interface PageRecord {
  handle: string;
  url: string;
  fields: { name: string; value: string }[];
}

/** What there is to show of a record. */
type RecordState =
  | { kind: "loading" }
  | { kind: "here"; record: PageRecord }
  /** Why there is none. */
  | { kind: "missing"; words: string };

/** Reads one page's record from the file, or asks the host for it. Free. */
async function loadRecord(store: Store, handle: string): Promise<RecordState> {
  if (store.file !== null) {
    const record = store.file.records[handle];
    return record === undefined ? missing("This file holds no record of it.") : here({ handle, ...record });
  }
  const host = store.host.value;
  const snapshotId = store.snapshot.value?.head.snapshotId;
  if (host === null || snapshotId === undefined || !host.can.callTools) {
    return missing("This host does not let the view ask for the full record.");
  }
  const result = await host.callTool(QUERY, { snapshot_id: snapshotId, handles: [handle] }).catch(toFailure);
  if (result.isError) return missing(result.text);
  const record = readRecord(handle, result.structured);
  return record === null ? missing("The answer holds no record of it.") : here(record);
}

const here = (record: PageRecord): RecordState => ({ kind: "here", record });
const missing = (words: string): RecordState => ({ kind: "missing", words });

/** As the tool calls what did not fit into its answer. */
const LEFT_OUT = "left_out";

function readRecord(handle: string, structured: Params): PageRecord | null {
  const fields = toParams(toParams(structured["records"])[handle]);
  const { url } = fields;
  if (typeof url !== "string") return null;
  return {
    handle,
    url,
    fields: Object.entries(fields)
      .filter(([name]) => name !== "url")
      .map(([name, value]) => ({
        name: name === LEFT_OUT ? "left out to fit" : name,
        value: typeof value === "string" ? value : JSON.stringify(value),
      })),
  };
}

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
