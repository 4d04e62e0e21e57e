import { Component, type ComponentChildren, type FunctionComponent, h } from "preact";
import type { Sort, SortKey } from "../state/choose-rows.ts";
import type { PlacedRow } from "../state/placed-rows.ts";
import type { Words } from "../words/words.ts";
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

/** A component that is drawn anew only when one of its properties is another one. */
function memo<Props extends object>(Inner: (props: Props) => ComponentChildren): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return (Object.keys(next) as (keyof Props)[]).some((name) => next[name] !== this.props[name as never]);
    }
    override render() {
      return h(Inner as FunctionComponent<Props>, this.props);
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}

interface RowProps {
  row: PlacedRow;
  /** Among the rows that the table has now. */
  at: number;
  /** Pixels from the list's start. */
  top: number;
  columns: readonly Column[];
  words: Words;
  target: string;
  isActive: boolean;
  isOpen: boolean;
  isMarked: boolean;
  onMark: (handle: string) => void;
}

/** One fold. Drawn anew only when something of it changed: a scroll passes many. */
export const Row = memo(function Row(props: RowProps) {
  const { row, at, top, columns, words, target, isActive, isOpen, isMarked, onMark } = props;
  return (
    <div
      role="row"
      class={`row${isOpen ? " open" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={at + 2}
      aria-selected={isMarked}
      tabIndex={isActive ? 0 : -1}
      data-at={at}
      data-handle={row.handle}
    >
      <div role="gridcell" class="cell mark" aria-colindex={1}>
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isMarked}
          aria-label={`Mark ${row.handle}`}
          onChange={() => onMark(row.handle)}
        />
      </div>
      {columns.map(({ key, title, isFigure, show }, index) => (
        <div
          key={key}
          role="gridcell"
          class={`cell ${key}${isFigure ? " figure" : ""}`}
          aria-colindex={index + 2}
          data-title={title}
        >
          {show(row, words, target)}
        </div>
      ))}
    </div>
  );
});
