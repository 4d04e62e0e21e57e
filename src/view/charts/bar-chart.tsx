import type { ComponentChildren } from "preact";
import type { Breakdown } from "../../pages/view/view-data.ts";
import { useStore } from "../state/store.ts";
import { ThirdParty } from "../words/third-party.tsx";

export interface Bar {
  key: string;
  label: string;
  value: number;
  /** More to say of it than its value. */
  more?: string;
  /** A class that colours it. */
  tone?: string;
  isOn?: boolean;
  /** What a click does; none where nothing can be narrowed by it. */
  onPick?: () => void;
}

interface BarChartProps {
  title: string;
  /** What a bar's length is. */
  unit: string;
  bars: readonly Bar[];
  /** Bars beyond those shown. */
  more: number;
}

/** Bars under each other with their names and figures in plain text, which is also what a screen reader reads. */
export function BarChart({ title, unit, bars, more }: BarChartProps) {
  const { words } = useStore();
  const most = bars.reduce((largest, { value }) => Math.max(largest, value), 0) || 1;
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong> <span class="quiet small">{unit}</span>
      </figcaption>
      {bars.length === 0 && <p class="quiet small">Nothing to show.</p>}
      <ul class="bars">
        {bars.map((bar) => (
          <li key={bar.key}>
            <Pick bar={bar}>
              <ThirdParty class="label" text={bar.label} />
              <span class="value">
                {words.value.count(bar.value)}
                {bar.more !== undefined && <span class="quiet small"> {bar.more}</span>}
              </span>
              <svg class={`bar ${bar.tone ?? ""}`} aria-hidden="true" focusable="false">
                <rect class="track" width="100%" height="100%" rx="2" />
                <rect width={`${(100 * bar.value) / most}%`} height="100%" rx="2" />
              </svg>
            </Pick>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="quiet small">{words.value.count(more)} more</p>}
    </figure>
  );
}

function Pick({ bar: { onPick, isOn = false }, children }: { bar: Bar; children: ComponentChildren }) {
  if (onPick === undefined) return <div class="pick">{children}</div>;
  return (
    <button type="button" class="pick" aria-pressed={isOn} onClick={onPick}>
      {children}
    </button>
  );
}

/** As many as the other charts have. */
const MAX_BARS = 7;

interface BreakdownChartProps {
  title: string;
  breakdown: Breakdown;
  /** What an entry is called, by its name. */
  nameOf?: (name: string) => string;
}

const asItIs = (name: string): string => name;

/** Links by one of their traits. These are sums over the whole snapshot: no row can be picked by them. */
export function BreakdownChart({ title, breakdown, nameOf = asItIs }: BreakdownChartProps) {
  const { entries, more, atLeast } = breakdown;
  const bars = entries
    .slice(0, MAX_BARS)
    .map(({ name, links }) => ({ key: name, label: name === "" ? "(none)" : nameOf(name), value: links }));
  return (
    <BarChart
      title={title}
      unit={atLeast ? "links, at least" : "links"}
      bars={bars}
      more={more + entries.length - bars.length}
    />
  );
}
