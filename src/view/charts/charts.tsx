import { useMemo } from "preact/hooks";
import type { SnapshotView } from "../../pages/view/view-data.ts";
import { useStore } from "../state/store.ts";
import { nameSection, STATE_NAMES } from "../words/words.ts";
import { BarChart, BreakdownChart } from "./bar-chart.tsx";
import { FirstSeenChart } from "./first-seen-chart.tsx";
import { ScatterChart } from "./scatter-chart.tsx";
import { tallySections, tallyStates } from "./tally.ts";

const MAX_SECTIONS = 7;

/** The whole snapshot at a glance, whatever the table is narrowed to. */
export function Charts({ view, onOpen }: { view: SnapshotView; onOpen: (handle: string) => void }) {
  const { rows, words } = useStore();
  return (
    <div class="charts">
      <StatusChart />
      <SectionChart />
      <ScatterChart rows={rows.value} onOpen={onOpen} />
      <FirstSeenChart rows={rows.value} />
      <BreakdownChart title="Link types" breakdown={view.breakdowns.linkTypes} />
      <BreakdownChart title="Countries" breakdown={view.breakdowns.countries} nameOf={words.value.country} />
    </div>
  );
}

function StatusChart() {
  const { rows, filter, words } = useStore();
  const tallies = useMemo(() => tallyStates(rows.value), [rows.value]);
  const bars = tallies.map(({ name, value, backlinks }) => {
    const isOn = filter.value.state === name;
    return {
      key: name,
      label: STATE_NAMES[name],
      value,
      more: `${words.value.count(backlinks)} backlinks`,
      tone: name,
      isOn,
      onPick: () => {
        filter.value = { ...filter.value, state: isOn ? null : name };
      },
    };
  });
  return <BarChart title="Status" unit="pages" bars={bars} more={0} />;
}

function SectionChart() {
  const { rows, filter } = useStore();
  const tallies = useMemo(() => tallySections(rows.value), [rows.value]);
  const bars = tallies.slice(0, MAX_SECTIONS).map(({ name, value }) => {
    const isOn = filter.value.section === name;
    return {
      key: name,
      label: nameSection(name),
      value,
      isOn,
      onPick: () => {
        filter.value = { ...filter.value, section: isOn ? null : name };
      },
    };
  });
  return <BarChart title="Sections" unit="backlinks" bars={bars} more={tallies.length - bars.length} />;
}
