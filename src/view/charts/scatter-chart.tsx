import { useMemo } from "preact/hooks";
import type { PlacedRow } from "../state/placed-rows.ts";
import { STATES } from "../state/placed-rows.ts";
import { useStore } from "../state/store.ts";
import { STATE_NAMES } from "../words/words.ts";
import { findNearest, type Point, toScatter } from "./tally.ts";

const WIDTH = 340;
const HEIGHT = 190;
const LEFT = 34;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 22;

/** How far from a point a click may be, as a share of the chart. */
const REACH = 0.06;

const toX = (x: number) => LEFT + x * (WIDTH - LEFT - RIGHT);
const toY = (y: number) => HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM);

/** Rank against referring domains. A thousand points are four paths, so that they cost no more to draw than ten. */
export function ScatterChart({ rows, onOpen }: { rows: readonly PlacedRow[]; onOpen: (handle: string) => void }) {
  const { words } = useStore();
  const { points, xTicks, yTicks } = useMemo(() => toScatter(rows), [rows]);
  const onClick = (event: MouseEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const x = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT);
    const y = (HEIGHT - BOTTOM - ((event.clientY - box.top) / box.height) * HEIGHT) / (HEIGHT - TOP - BOTTOM);
    const nearest = findNearest(points, x, y, REACH);
    if (nearest !== null) onOpen(nearest.handle);
  };
  const here = STATES.filter((state) => points.some((point) => point.state === state));
  return (
    <figure class="chart">
      <figcaption>
        <strong>Rank by referring domains</strong>{" "}
        <span class="quiet small">{words.value.counted(points.length, "page")}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table opens the same rows by key */}
      <svg
        class="scatter"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Rank by referring domains of ${words.value.counted(points.length, "page")}; the table below holds the same figures.`}
        onClick={onClick}
      >
        {yTicks.map(({ value, y }) => (
          <g key={value}>
            <line class="rule" x1={LEFT} x2={WIDTH - RIGHT} y1={toY(y)} y2={toY(y)} />
            <text x={LEFT - 5} y={toY(y) + 3} text-anchor="end">
              {words.value.count(value)}
            </text>
          </g>
        ))}
        {xTicks.map(({ value, x }) => (
          <text key={value} x={toX(x)} y={HEIGHT - 7} text-anchor={x === 1 ? "end" : "middle"}>
            {words.value.count(value)}
          </text>
        ))}
        {here.map((state) => (
          <path key={state} class={`points ${state}`} d={toPath(points.filter((point) => point.state === state))} />
        ))}
      </svg>
      <p class="legend small">
        {here.map((state) => (
          <span key={state} class={`key ${state}`}>
            {STATE_NAMES[state]}
          </span>
        ))}
      </p>
    </figure>
  );
}

/** A stroke without length and with round ends is a dot. */
const toPath = (points: readonly Point[]): string =>
  points.map(({ x, y }) => `M${toX(x).toFixed(1)} ${toY(y).toFixed(1)}h0`).join("");
