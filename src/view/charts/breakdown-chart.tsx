import type { Breakdown } from "../../pages/view/view-data.ts";
import { BarChart } from "./bar-chart.tsx";

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
