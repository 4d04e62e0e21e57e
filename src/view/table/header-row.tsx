import type { Sort, SortKey } from "../state/sort-rows.ts";
import type { Column } from "./columns.tsx";

interface HeaderRowProps {
  columns: readonly Column[];
  sort: Sort;
  onSort: (key: SortKey) => void;
}

/** The names of the columns, each of which sorts. */
export function HeaderRow({ columns, sort, onSort }: HeaderRowProps) {
  return (
    <div role="rowgroup" class="heads">
      <div role="row" class="head-row" aria-rowindex={1}>
        <div role="columnheader" class="cell mark" aria-colindex={1}>
          <span class="unseen">Marked</span>
        </div>
        {columns.map(({ key, title, isFigure }, index) => (
          <div
            key={key}
            role="columnheader"
            class={`cell ${key}${isFigure ? " figure" : ""}`}
            aria-colindex={index + 2}
            aria-sort={toAriaSort(sort, key)}
          >
            <button type="button" class="sort" onClick={() => onSort(key)}>
              {title}
              <span class="arrow" aria-hidden="true">
                {sort.key === key && (sort.isDescending ? "▾" : "▴")}
              </span>
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}

function toAriaSort({ key, isDescending }: Sort, column: SortKey) {
  if (key !== column) return "none";
  return isDescending ? "descending" : "ascending";
}
