import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SnapshotView, ViewData, ViewFile } from "../../pages/view/view-data.ts";
import type { Host, HostContext } from "../bridge/host.ts";
import { createWords, type Words } from "../words/words.ts";
import { AS_FETCHED, type Filter, filterRows, NO_FILTER, type Sort, sortRows } from "./choose-rows.ts";
import type { PlacedRow } from "./placed-rows.ts";

/** What the view is at. */
export type Phase =
  | { kind: "connecting" }
  /** Opened by itself, with nothing in it and nobody to ask. */
  | { kind: "alone" }
  /** The tool runs. */
  | { kind: "running"; target: string | null }
  /** A result came without what it is drawn from, and that is being asked for. */
  | { kind: "asking" }
  | { kind: "shown" }
  /** A result with nothing to draw, in its own words. */
  | { kind: "bare"; words: string }
  | { kind: "failed"; words: string }
  | { kind: "cancelled"; reason: string };

/** How far the rows have come. */
export interface Loading {
  isRunning: boolean;
  /** Why no more came; null when nothing went wrong. */
  problem: string | null;
}

/** Everything that the view shows and its parts agree on. */
export interface Store {
  phase: Signal<Phase>;
  view: Signal<ViewData | null>;
  /** Null in a file. */
  host: Signal<Host | null>;
  /** Null where there is a host. */
  file: ViewFile | null;
  context: Signal<HostContext>;
  rows: Signal<readonly PlacedRow[]>;
  loading: Signal<Loading>;
  filter: Signal<Filter>;
  sort: Signal<Sort>;
  /** Handles of rows that are marked for a question. */
  marked: Signal<ReadonlySet<string>>;
  /** Handle of the row whose record is open. */
  opened: Signal<string | null>;
  /** What came of the last button above; seen below them, and read out. */
  said: Signal<string>;
  snapshot: ReadonlySignal<SnapshotView | null>;
  /** The table's rows: filtered, sorted. */
  shown: ReadonlySignal<readonly PlacedRow[]>;
  words: ReadonlySignal<Words>;
}

export function createStore(file: ViewFile | null): Store {
  const view = signal<ViewData | null>(null);
  const rows = signal<readonly PlacedRow[]>([]);
  const filter = signal<Filter>(NO_FILTER);
  const sort = signal<Sort>(AS_FETCHED);
  const context = signal<HostContext>({});
  const place = computed(() => `${context.value.locale} ${context.value.timeZone}`);
  return {
    phase: signal<Phase>({ kind: "connecting" }),
    view,
    host: signal<Host | null>(null),
    file,
    context,
    rows,
    loading: signal<Loading>({ isRunning: false, problem: null }),
    filter,
    sort,
    marked: signal<ReadonlySet<string>>(new Set()),
    opened: signal<string | null>(null),
    said: signal(""),
    snapshot: computed(() => (view.value?.kind === "snapshot" ? view.value : null)),
    shown: computed(() => sortRows(filterRows(rows.value, filter.value), sort.value)),
    words: computed(() => {
      // Made anew only for another place: a theme changes nothing of it.
      void place.value;
      const { locale, timeZone } = context.peek();
      return createWords(locale, timeZone);
    }),
  };
}

export const StoreContext = createContext<Store | null>(null);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (store === null) throw new Error("A part of the view stands outside of it.");
  return store;
}
