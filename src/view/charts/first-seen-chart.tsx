import { useMemo } from "preact/hooks";
import type { PlacedRow } from "../state/placed-rows.ts";
import { useStore } from "../state/store.ts";
import { tallyFirstSeen } from "./tally.ts";

/** When the pages were first seen; a column narrows the table to its time. */
export function FirstSeenChart({ rows }: { rows: readonly PlacedRow[] }) {
  const { filter, words } = useStore();
  const tallies = useMemo(() => tallyFirstSeen(rows), [rows]);
  const most = tallies.reduce((largest, { value }) => Math.max(largest, value), 0) || 1;
  const [first, last] = [tallies[0], tallies.at(-1)];
  return (
    <figure class="chart">
      <figcaption>
        <strong>First seen</strong> <span class="quiet small">pages</span>
      </figcaption>
      {first === undefined || last === undefined ? (
        <p class="quiet small">Nothing to show.</p>
      ) : (
        <>
          <ul class="columns">
            {tallies.map(({ name, value }) => {
              const isOn = filter.value.firstSeen === name;
              const said = `${words.value.period(name)}: ${words.value.counted(value, "page")}`;
              return (
                <li key={name}>
                  <button
                    type="button"
                    aria-pressed={isOn}
                    aria-label={said}
                    title={said}
                    disabled={value === 0}
                    onClick={() => {
                      filter.value = { ...filter.value, firstSeen: isOn ? null : name };
                    }}
                  >
                    <svg aria-hidden="true" focusable="false">
                      <rect width="100%" y={`${100 - (100 * value) / most}%`} height="100%" rx="1" />
                    </svg>
                  </button>
                </li>
              );
            })}
          </ul>
          <p class="ends quiet small" aria-hidden="true">
            <span>{words.value.period(first.name)}</span>
            <span>most {words.value.count(most)}</span>
            <span>{words.value.period(last.name)}</span>
          </p>
        </>
      )}
    </figure>
  );
}
