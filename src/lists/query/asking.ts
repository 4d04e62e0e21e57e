import type { Refusal } from "../arguments.ts";
import type { CallNames, NextStep, Surface } from "../calls.ts";
import type { Cell } from "../cells.ts";
import type { ReaderOf } from "../filters/evaluate-filter.ts";
import type { Fields } from "../filters/field-names.ts";
import type { Filter } from "../filters/filter.ts";
import type { Snapshot } from "../snapshot.ts";
import type { TableChoice } from "./fit-table.ts";
import type { Grouping, SumBacklinks } from "./group-rows.ts";
import type { RecordOrder } from "./item-record.ts";
import type { Row, Where } from "./list-query.ts";
import type { RowFigure } from "./order-rows.ts";

/** One item of a snapshot. */
export type ItemOf<S extends Snapshot> = S["items"][number];

/**
 * What a domain says of its list, so that questions to it can be read, answered and told. The engine knows filters, words
 * in a text, order, columns, groups, limits and handles; everything that is true of one list alone stands in here.
 * @typeParam S its snapshots
 * @typeParam R its rows
 * @typeParam W the conditions of its own, by their keys
 */
export interface Asking<S extends Snapshot, R extends Row, W extends object> {
  readonly words: AskedWords;
  /** What filters, order and columns may name. */
  readonly fields: Fields;
  /** Of these the one that a filter finds words of a URL in. */
  readonly searchedField: string;
  /** The most rows that one question can ask for. */
  readonly maxLimit: number;
  /** The conditions of its own, in the order in which they are listed and told. */
  readonly conditions: { readonly [K in keyof W]: Condition<W[K], S, R> };
  /** What others call an argument of its own; no spelling is near enough to find these. */
  readonly otherWords?: ReadonlyMap<string, string>;
  /** What there is to say of an argument that asks for what this list cannot tell; undefined for any other. */
  refuseArgument?(written: string): Refusal | undefined;

  /** By name, in the order in which they are listed. */
  readonly groupings: Readonly<Record<string, Grouping<S, R, W>>>;
  /** As `refuseArgument`, of what is to be grouped by. */
  refuseGrouping?(written: unknown): Refusal | undefined;
  /** What else the domain's columns of a table of groups are called. */
  readonly otherGroupColumns?: ReadonlyMap<string, readonly string[]>;
  /** The grouping that tells most of rows which meet these conditions. */
  usualGrouping(where: Where<W>): string;

  /** Of lists of which several items can share a row. Left out: every item has its own, and `fold` is no argument. */
  readonly folding?: Folding<S, R>;
  /** All rows of a snapshot, in fetched order: folded, or one per item. Worked out once. */
  rowsOf(snapshot: S, fold: boolean): readonly R[];
  /** The rows of some items: a row is that of exactly these. */
  rowsOfSome(items: readonly ItemOf<S>[], snapshot: S, fold: boolean): readonly R[];
  /** What an item says of itself beside its URL; words are looked for in both. */
  titleOf(item: ItemOf<S>): string | null;
  /** Reads fields off raw items. */
  readersOf(snapshot: S, fold: boolean): ReaderOf;
  /** Reads one field off rows. */
  figureOf(field: string, snapshot: S, fold: boolean): RowFigure<R>;
  readonly sumBacklinks: SumBacklinks<R>;
  /** The most keys that a counting map of the snapshot can have; null for maps that were never cut. */
  listLimitOf(snapshot: S): number | null;

  readonly table: DefaultTable<R>;
  readonly record: RecordOrder;

  /** What stands above the rows. */
  describe(snapshot: S): Described;
  /** What is to be said of the rows that were chosen. */
  noteSelected?(selection: Selection<S, R>, snapshot: S, where: Where<W>, fold: boolean): string[];
  /** Where a filter cannot be decided. */
  noteFilters?(snapshot: S, filters: Filter): string[];
  /** A row as a text shows it, where that has other names for something than data has. */
  nameCells?(columns: readonly string[], row: readonly Cell[]): Cell[];
  /** The same of a condition's words. */
  nameCondition?(words: string): string;

  /** What its tools and commands are called in an answer. */
  readonly calls: CallNames;
  /** The call that fetches what the snapshot lacks; none where nothing of that can matter to the question. */
  suggestPaid(snapshot: S, where: Where<W>, surface: Surface): NextStep[];
  /** The resource that has every field of an item. */
  toRecordUri(snapshot: S, handle: string): string;
}

/** What things are called. */
export interface AskedWords {
  /** A row: `page`, `pages`. */
  readonly one: string;
  readonly many: string;
  /** An item: `URL`. */
  readonly counted: string;
  /** The letter of its handles: `p`. */
  readonly handle: string;
  /** A question that works, for messages. */
  readonly works: string;
}

/** What several items have in common that share a row. */
export interface Folding<S extends Snapshot, R extends Row> {
  /** `, 80 pages after folding`; empty where nothing was folded. */
  describe(items: number, rows: number): string;
  /** Finds the row of everything that was folded together, given that of what matches. */
  findWholes(snapshot: S): (row: R) => R;
}

/** One condition of a domain's own. */
export interface Condition<V, S extends Snapshot, R extends Row> {
  /** The name of its argument. */
  readonly argument: string;
  /** @throws {Refusal} for what it cannot mean */
  parse(value: unknown, notes: string[]): V;
  /** As an argument has it, and as an answer names it. */
  tell(value: V): string | number;
  /** The test of a row, made once for all of them. */
  compile(value: V, snapshot: S, fold: boolean): (row: R) => boolean;
}

/** The table that is shown where no columns are asked for. */
export interface DefaultTable<R extends Row> {
  /** All that it can have, `id` and `url` first. */
  readonly columns: readonly string[];
  /** Those that a small answer gives up, the least worth first. */
  readonly dispensable: readonly string[];
  /** One row each, in their order. Columns that no row fills are left out. */
  make(rows: readonly R[], target: string, without: readonly string[]): Pick<TableChoice, "columns" | "row">;
}

/** What is told of a snapshot, whatever is asked. */
export interface Described {
  /** Which links its figures count: in words, and as data. */
  view: string[];
  viewFacts: Record<string, unknown>;
  /** When the crawler last saw the items: in words, and as data; null when none tells it. */
  crawled: string[];
  crawledFacts: object | null;
  backlinksFetched: number;
  /** What the snapshot does not hold: one sentence each. */
  missing: string[];
}

/** The rows that meet a question's conditions. */
export interface Selection<S extends Snapshot, R extends Row> {
  /** In fetched order. */
  rows: readonly R[];
  /** The items in them. */
  itemCount: number;
  /** The items that meet what is asked of items; undefined where all do. */
  matching: readonly ItemOf<S>[] | undefined;
}
