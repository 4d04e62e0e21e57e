import type { ViewHead } from "../pages/view/view-data.ts";
import { useStore } from "./state/store.ts";
import { ThirdParty } from "./words/third-party.tsx";
import { SOURCES } from "./words/words.ts";

/** What was asked and what it came to. */
export function Head({ head }: { head: ViewHead }) {
  const words = useStore().words.value;
  const total = head.pagesTotal === null ? "" : ` of ${words.count(head.pagesTotal)}`;
  return (
    <header class="head">
      <p class={`source ${head.source}`}>{SOURCES[head.source] ?? head.source}</p>
      <h1>
        <ThirdParty text={head.target} />
      </h1>
      <dl class="totals">
        <div>
          <dt>URLs fetched</dt>
          <dd>
            {words.count(head.pagesFetched)}
            <small>{total}</small>
          </dd>
        </div>
        <div>
          <dt>Pages after folding</dt>
          <dd>{words.count(head.folds)}</dd>
        </div>
        <div>
          <dt>Backlinks</dt>
          <dd>{words.count(head.backlinks)}</dd>
        </div>
      </dl>
      <ul class="facts">
        <li>
          Charge: <ThirdParty text={head.charge} />
        </li>
        <li>
          <ThirdParty text={head.coverage} />
        </li>
        <li>
          <ThirdParty text={head.asked} />
        </li>
        <li>
          Snapshot <code>{head.snapshotId}</code>, {words.moment(head.fetchedAt)}
        </li>
        {head.notes.map((note) => (
          <li key={note} class="note">
            <ThirdParty text={note} />
          </li>
        ))}
      </ul>
    </header>
  );
}
