import { loadRows } from "../state/load-rows.ts";
import { useStore } from "../state/store-context.ts";
import { ThirdParty } from "../words/third-party.tsx";

/** How many rows there are of how many, by what they were chosen, and what was last done. */
export function StatusLine() {
  const store = useStore();
  const { filter, shown, rows, loading, snapshot, said } = store;
  const words = store.words.value;
  const total = snapshot.value?.rows.total ?? 0;
  const { finding, question, firstSeen } = filter.value;
  const isPart = rows.value.length < total;
  return (
    <div class="told">
      <p role="status">
        {words.count(shown.value.length)} of {words.counted(rows.value.length, "row")}
        {isPart && ` (${words.count(total)} in all)`}
        {finding !== null && (
          <>
            {" · finding: "}
            <ThirdParty text={finding.name} />
          </>
        )}
        {question !== null && (
          <>
            {" · asked: "}
            <ThirdParty text={question.name} />
          </>
        )}
        {firstSeen !== null && ` · first seen ${words.period(firstSeen)}`}
        {said.value !== "" && ` · ${said.value}`}
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
