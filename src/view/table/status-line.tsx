import type { HandleSet } from "../state/filter-rows.ts";
import { loadRows } from "../state/load-rows.ts";
import { useStore } from "../state/store-context.ts";
import { ThirdParty } from "../words/third-party.tsx";
import type { Words } from "../words/words.ts";

/** How many rows there are of how many, by what they were chosen, and what was last done. */
export function StatusLine() {
  const store = useStore();
  const { filter, shown, rows, loading, snapshot } = store;
  const words = store.words.value;
  const total = snapshot.value?.rows.total ?? 0;
  const { finding, question, firstSeen } = filter.value;
  const isPart = rows.value.length < total;
  return (
    <div class="told">
      <p role="status">
        {words.count(shown.value.length)} of {words.counted(rows.value.length, "row")}
        {isPart && ` (${words.count(total)} in all)`}
        {finding !== null && <Chosen by="finding" set={finding} words={words} />}
        {question !== null && <Chosen by="asked" set={question} words={words} />}
        {firstSeen !== null && ` · first seen ${words.period(firstSeen)}`}
      </p>
      {loading.value.isRunning && <p class="quiet">Loading the other rows…</p>}
      {!loading.value.isRunning && isPart && (
        <p>
          {loading.value.problem ?? "The other rows did not fit in."}{" "}
          {store.host.value?.can.callTools && (
            <button type="button" onClick={() => void loadRows(store)}>
              Load them (free)
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** By what the rows were chosen; said where not all of them travelled. */
function Chosen({ by, set: { name, handles, total }, words }: { by: string; set: HandleSet; words: Words }) {
  return (
    <>
      {` · ${by}: `}
      <ThirdParty text={name} />
      {handles.size < total && ` (the first ${words.count(handles.size)} of ${words.count(total)})`}
    </>
  );
}
