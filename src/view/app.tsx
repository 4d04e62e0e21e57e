import type { SnapshotView } from "../pages/view/view-data.ts";
import { BuyBox } from "./actions/buy-box.tsx";
import { ExportButtons } from "./actions/export-buttons.tsx";
import { AskButton, FullScreenButton } from "./actions/host-buttons.tsx";
import { QuestionForm } from "./actions/question-form.tsx";
import { Charts } from "./charts/charts.tsx";
import { ComparisonPage } from "./compare/comparison.tsx";
import { Findings } from "./findings.tsx";
import { Head } from "./head.tsx";
import { PhaseMessage } from "./phase-message.tsx";
import { RecordPanel } from "./record/record-panel.tsx";
import { useStore } from "./state/store.ts";
import { Grid } from "./table/grid.tsx";
import { StatusLine, Toolbar } from "./table/toolbar.tsx";

/** The view: what there is to say while nothing is shown, a snapshot, or a comparison. */
export function App() {
  const { phase, view } = useStore();
  const shown = phase.value.kind === "shown" ? view.value : null;
  return (
    <main>
      <PhaseMessage phase={phase.value} />
      {shown?.kind === "snapshot" && <SnapshotPage key={shown.head.snapshotId} view={shown} />}
      {shown?.kind === "comparison" && <ComparisonPage comparison={shown.comparison} />}
    </main>
  );
}

function SnapshotPage({ view }: { view: SnapshotView }) {
  const { host, opened, rows, said } = useStore();
  const at = host.value;
  const open = (handle: string) => {
    opened.value = handle;
  };
  const close = () => {
    opened.value = null;
    // Back to where it was opened from.
    document.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus();
  };
  return (
    <>
      <Head head={view.head} />
      <div class="actions">
        <ExportButtons head={view.head} />
        <AskButton head={view.head} />
        <FullScreenButton />
        {at?.can.callTools && <BuyBox head={view.head} host={at} />}
      </div>
      <p role="status" class="said">
        {said.value}
      </p>
      <section>
        <h2>Findings</h2>
        <Findings findings={view.findings} />
      </section>
      <section>
        <h2>At a glance</h2>
        <Charts view={view} onOpen={open} />
      </section>
      <section>
        <h2>Pages</h2>
        <Toolbar />
        {at?.can.callTools && <QuestionForm host={at} />}
        <StatusLine />
        {rows.value.length === 0 ? (
          <p class="empty">No page matched: this snapshot is empty.</p>
        ) : (
          <div class="split">
            {opened.value !== null && <RecordPanel handle={opened.value} onClose={close} />}
            <Grid onOpen={open} />
            <p id="grid-keys" class="unseen">
              Arrow keys walk through the rows, Enter opens one, Space marks it.
            </p>
          </div>
        )}
      </section>
    </>
  );
}
