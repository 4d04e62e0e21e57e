import { useSignal } from "@preact/signals";
import { useStore } from "../state/store.ts";
import { ThirdParty } from "../words/third-party.tsx";
import { UNKNOWN } from "../words/words.ts";
import type { Cell, Table } from "./change-cells.ts";
import { type CellSort, sortCells, toArrow, toggleCellSort } from "./change-cells.ts";

/** A table of a comparison, as it was told; a column's name sorts it. */
export function ChangeTable({ name, table }: { name: string; table: Table }) {
  const sort = useSignal<CellSort | null>(null);
  const rows = sortCells(table.rows, sort.value);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key
    <section class="scrolls" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.columns.map((column, at) => (
              <th
                key={column}
                scope="col"
                aria-sort={toAriaSort(sort.value, at)}
                class={isFigure(table, at) ? "figure" : ""}
              >
                <button
                  type="button"
                  class="sort"
                  onClick={() => {
                    sort.value = toggleCellSort(sort.value, at);
                  }}
                >
                  {column}
                  <span class="arrow" aria-hidden="true">
                    {sort.value?.column === at && (sort.value.isDescending ? "▾" : "▴")}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={table.columns[at]} class={isFigure(table, at) ? "figure" : ""}>
                  <CellText cell={cell} column={table.columns[at] ?? ""} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Columns of a stranger's words: these stay as they came. */
const WORDS = ["url", "title", "section", "what", "figure", "rule", "of"];

function CellText({ cell, column }: { cell: Cell; column: string }) {
  const words = useStore().words.value;
  if (cell === null) return UNKNOWN;
  if (typeof cell === "string") return <ThirdParty text={WORDS.includes(column) ? cell : toArrow(cell)} />;
  return column === "change" && cell > 0 ? `+${words.count(cell)}` : words.count(cell);
}

const isFigure = ({ rows }: Table, at: number): boolean => rows.some((row) => typeof row[at] === "number");

function toAriaSort(sort: CellSort | null, at: number) {
  if (sort?.column !== at) return "none";
  return sort.isDescending ? "descending" : "ascending";
}
