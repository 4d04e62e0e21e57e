import { useSignal } from "@preact/signals";
import { options } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { toggleSort } from "../state/choose-rows.ts";
import { useStore } from "../state/store.ts";
import { COLUMNS, type Column } from "./columns.tsx";
import { HeaderRow, Row } from "./row.tsx";
import { moveByKey, scrollToSee, toRowWindow } from "./row-window.ts";

/** Of the column in which rows are marked; the style sheet says the same. */
const MARK_PX = 38;

/** The table: as many rows as there are, of which those are drawn that are seen, which no table element could. */
export function Grid({ onOpen }: { onOpen: (handle: string) => void }) {
  const store = useStore();
  const rows = store.shown.value;
  const all = store.rows.value;
  const columns = useMemo(() => COLUMNS.filter(({ isFilled }) => all.some(isFilled)), [all]);
  const scroller = useRef<HTMLDivElement>(null);
  const active = useSignal(0);
  const wantsFocus = useRef(false);
  const scrolled = useSignal({ top: 0, height: 480 });
  const rowHeight = useRowHeight();
  const isPrinting = useIsPrinting();

  // Another order or choice of rows starts at its top.
  useLayoutEffect(() => {
    active.value = 0;
    if (scroller.current !== null) scroller.current.scrollTop = 0;
  }, [store.filter.value, store.sort.value]);

  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-at="${active.value}"]`)?.focus({ preventScroll: true });
  });

  const readScroll = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const next = { top: element.scrollTop, height: element.clientHeight };
    const before = toRowWindow(scrolled.value.top, scrolled.value.height, rowHeight, rows.length);
    const after = toRowWindow(next.top, next.height, rowHeight, rows.length);
    if (before.first !== after.first || before.end !== after.end) scrolled.value = next;
  }, [rowHeight, rows.length, scrolled]);
  useLayoutEffect(readScroll);

  const onMark = useCallback(
    (handle: string) => {
      const marked = new Set(store.marked.value);
      if (!marked.delete(handle)) marked.add(handle);
      store.marked.value = marked;
    },
    [store],
  );

  function activate(at: number): void {
    const element = scroller.current;
    if (element === null) return;
    active.value = at;
    wantsFocus.current = true;
    const seen = element.clientHeight - headerHeight(element);
    element.scrollTop = scrollToSee(at, element.scrollTop, seen, rowHeight);
    readScroll();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const row = rows[active.value];
    if (!(event.target as Element).matches(".row") || row === undefined) return;
    const perPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const to = moveByKey(event.key, active.value, rows.length, perPage);
    if (to !== null) activate(to);
    else if (event.key === "Enter") onOpen(row.handle);
    else if (event.key === " ") onMark(row.handle);
    else return;
    event.preventDefault();
  }

  function onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const element = target.closest<HTMLElement>(".row");
    if (element === null || target.matches("input")) return;
    active.value = Number(element.dataset["at"]);
    onOpen(element.dataset["handle"] ?? "");
  }

  const { first, end } = isPrinting
    ? { first: 0, end: rows.length }
    : toRowWindow(scrolled.value.top, scrolled.value.height, rowHeight, rows.length);
  const at = Math.min(active.value, rows.length - 1);
  const drawn = Array.from({ length: end - first }, (_, index) => first + index);
  // Focus stays where it was while its row is scrolled away.
  if (at >= 0 && (at < first || at >= end)) drawn.push(at);

  return (
    <div
      ref={scroller}
      role="grid"
      class="grid"
      aria-label="Pages"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-describedby="grid-keys"
      onScroll={readScroll}
      onKeyDown={onKeyDown}
      onClick={onClick}
      style={toTracks(columns)}
    >
      <HeaderRow
        columns={columns}
        sort={store.sort.value}
        onSort={(key) => {
          store.sort.value = toggleSort(store.sort.value, key);
        }}
      />
      <div role="rowgroup" class="rows" style={{ height: `${rows.length * rowHeight}px` }}>
        {drawn.map((index) => {
          const row = rows[index];
          return (
            row && (
              <Row
                key={row.handle}
                row={row}
                at={index}
                top={index * rowHeight}
                columns={columns}
                words={store.words.value}
                target={store.snapshot.value?.head.target ?? ""}
                isActive={index === at}
                isOpen={store.opened.value === row.handle}
                isMarked={store.marked.value.has(row.handle)}
                onMark={onMark}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

/** Where a row's cells stand: the first column takes what is left, and all are reached by scrolling where none is. */
const toTracks = (columns: readonly Column[]) => ({
  "--tracks": [`${MARK_PX}px`, ...columns.map(({ width }, at) => (at === 0 ? "minmax(0, 1fr)" : `${width}px`))].join(
    " ",
  ),
  "--print-tracks": columns.map(({ width }) => `minmax(0, ${width}fr)`).join(" "),
  "--table-width": `${columns.reduce((sum, { width }) => sum + width, MARK_PX)}px`,
});

const headerHeight = (grid: Element): number => grid.querySelector(".heads")?.clientHeight ?? 0;

/** Below this a row is a card; the style sheet says the same. */
const CARDS = "(max-width: 559px)";

const ROW_PX = 44;
const CARD_PX = 96;

/** How tall a row is, px: all are alike, so that the place of each is known before it is drawn. */
function useRowHeight(): number {
  const [areCards, setAreCards] = useState(() => matchMedia(CARDS).matches);
  useEffect(() => {
    const query = matchMedia(CARDS);
    const listener = () => setAreCards(query.matches);
    query.addEventListener("change", listener);
    return () => query.removeEventListener("change", listener);
  }, []);
  return areCards ? CARD_PX : ROW_PX;
}

/** Whether the page is being printed: then every row is drawn, before the browser lays out its sheets. */
function useIsPrinting(): boolean {
  const [isPrinting, setIsPrinting] = useState(false);
  useEffect(() => {
    const change = (to: boolean) => () => drawAtOnce(() => setIsPrinting(to));
    const [before, after] = [change(true), change(false)];
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  return isPrinting;
}

/** The browser prints what stands there when the event is over, so nothing may be put off. */
function drawAtOnce(change: () => void): void {
  const usual = options.debounceRendering;
  options.debounceRendering = (draw) => draw();
  change();
  if (usual === undefined) delete options.debounceRendering;
  else options.debounceRendering = usual;
}
