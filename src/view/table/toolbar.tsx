import { useMemo } from "preact/hooks";
import { type Filter, isFiltered, NO_FILTER } from "../state/filter-rows.ts";
import { STATE_FILTERS, type StateFilter } from "../state/page-state.ts";
import { SORT_KEYS, type SortKey, startSort } from "../state/sort-rows.ts";
import { useStore } from "../state/store-context.ts";
import { nameSection, STATE_NAMES } from "../words/names.ts";
import { shorten } from "../words/shorten.ts";

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
