import { useMemo } from "preact/hooks";
import {
  type Filter,
  type HandleSet,
  isFiltered,
  NO_FILTER,
  SORT_KEYS,
  type SortKey,
  startSort,
} from "../state/choose-rows.ts";
import { STATE_FILTERS, type StateFilter } from "../state/placed-rows.ts";
import { useStore } from "../state/store.ts";
import { loadRows } from "../state/take-result.ts";
import { ThirdParty } from "../words/third-party.tsx";
import { nameSection, STATE_NAMES, shorten, type Words } from "../words/words.ts";

const SORT_NAMES: Readonly<Record<SortKey, string>> = {
  order: "As fetched",
  id: "Id",
  url: "Page",
  title: "Title",
  status: "Status",
  rank: "Rank",
  backlinks: "Backlinks",
  domains: "Referring domains",
  nofollow: "Nofollow share",
  spam: "Spam score",
  firstSeen: "First seen",
  lost: "Lost",
  section: "Section",
  variants: "Variants",
};

/** Narrows and orders the table, over the rows that are here. */
export function Toolbar() {
  const { filter, sort, rows } = useStore();
  const sections = useMemo(() => [...new Set(rows.value.flatMap(({ section }) => section ?? []))].sort(), [rows.value]);
  const change = (part: Partial<Filter>) => {
    filter.value = { ...filter.value, ...part };
  };
  return (
    <search class="tools" aria-label="Filter the table">
      <label class="grow">
        <span>Filter</span>
        <input
          type="search"
          placeholder="URL or title"
          value={filter.value.text}
          onInput={({ currentTarget }) => change({ text: currentTarget.value })}
        />
      </label>
      <label>
        <span>Status</span>
        <select
          value={filter.value.state ?? ""}
          onChange={({ currentTarget }) => change({ state: (currentTarget.value || null) as StateFilter | null })}
        >
          <option value="">All</option>
          {STATE_FILTERS.map((state) => (
            <option key={state} value={state}>
              {STATE_NAMES[state]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Section</span>
        <select
          value={filter.value.section ?? ""}
          onChange={({ currentTarget }) => change({ section: currentTarget.value || null })}
        >
          <option value="">All</option>
          {sections.map((section) => (
            <option key={section} value={section}>
              {nameSection(shorten(section, 60))}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Backlinks from</span>
        <input
          class="short"
          type="number"
          min="0"
          value={filter.value.minBacklinks || ""}
          onInput={({ currentTarget }) => change({ minBacklinks: Number(currentTarget.value) })}
        />
      </label>
      <label>
        <span>Sort by</span>
        <select
          value={sort.value.key}
          onChange={({ currentTarget }) => {
            sort.value = startSort(currentTarget.value as SortKey);
          }}
        >
          {SORT_KEYS.map((key) => (
            <option key={key} value={key}>
              {SORT_NAMES[key]}
            </option>
          ))}
        </select>
      </label>
      {isFiltered(filter.value) && (
        <button
          type="button"
          onClick={() => {
            filter.value = NO_FILTER;
          }}
        >
          Clear filters
        </button>
      )}
    </search>
  );
}

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
