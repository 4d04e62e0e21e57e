import type { PlacedRow } from "../state/read-rows.ts";
import { memo } from "../words/memo.ts";
import type { Words } from "../words/words.ts";
import type { Column } from "./columns.tsx";

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
