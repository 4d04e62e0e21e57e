import { useStore } from "../state/store.ts";
import { ThirdParty } from "../words/third-party.tsx";
import { SOURCES } from "../words/words.ts";
import type { Comparison, Missing, Side } from "./change-cells.ts";
import { toArrow } from "./change-cells.ts";
import { ChangeTable } from "./change-table.tsx";

/** Two snapshots: what they are, how far they can be compared, and what differs. */
export function ComparisonPage({ comparison }: { comparison: Comparison }) {
  const { kind, first, second, notes, limits, pages, figures, blocks } = comparison;
  const isOverTime = kind === "over_time";
  return (
    <>
      <header class="head">
        <h1>{isOverTime ? "What changed" : "Side by side"}</h1>
        <div class="sides">
          <SideCard title={isOverTime ? "Before" : "First"} side={first} />
          <SideCard title={isOverTime ? "After" : "Second"} side={second} />
        </div>
        {[...limits, ...notes].length > 0 && (
          <ul class="facts">
            {limits.map((limit) => (
              <li key={limit} class="note">
                <ThirdParty text={limit} />
              </li>
            ))}
            {notes.map((note) => (
              <li key={note}>
                <ThirdParty text={note} />
              </li>
            ))}
          </ul>
        )}
      </header>
      {pages !== null && <Counts pages={pages} />}
      <section>
        <h2>Figures</h2>
        <ChangeTable name="Figures" table={figures} />
      </section>
      {blocks.map((block) => (
        <section key={block.name}>
          <h2>{block.name.charAt(0).toUpperCase() + block.name.slice(1)}</h2>
          {block.says !== "" && (
            <p class="quiet">
              <ThirdParty text={toArrow(block.says)} />
            </p>
          )}
          <ChangeTable name={block.name} table={block} />
          <LeftOut count={block.leftOut} what={block.leftOutAre} />
        </section>
      ))}
    </>
  );
}

function SideCard({ title, side }: { title: string; side: Side }) {
  const words = useStore().words.value;
  return (
    <div class="side">
      <p class={`source ${side.source}`}>{SOURCES[side.source] ?? side.source}</p>
      <p class="quiet small">{title}</p>
      <p class="name">
        <ThirdParty text={side.target} />
      </p>
      <p>{words.moment(side.fetchedAt)}</p>
      <p class="small">
        <code>{side.snapshotId}</code> · {words.counted(side.pagesFetched, "URL")}
        {side.pagesTotal !== null && ` of ${words.count(side.pagesTotal)}`}, {words.counted(side.folds, "page")} after
        folding
      </p>
      <p class="quiet small">
        <ThirdParty text={side.view} />
      </p>
    </div>
  );
}

function Counts({ pages }: { pages: NonNullable<Comparison["pages"]> }) {
  const words = useStore().words.value;
  return (
    <section>
      <h2 class="unseen">Pages</h2>
      <dl class="totals">
        <div>
          <dt>In both</dt>
          <dd>{words.count(pages.inBoth)}</dd>
        </div>
        <div>
          <dt>Changed</dt>
          <dd>{words.count(pages.changed)}</dd>
        </div>
        <div>
          <dt>Status changed</dt>
          <dd>{words.count(pages.statusChanges)}</dd>
        </div>
        <MissingCount name="New" missing={pages.added} list="earlier" />
        <MissingCount name="Lost" missing={pages.removed} list="later" />
      </dl>
    </section>
  );
}

/** What is in one list only: for certain, or perhaps; never one for the other. */
function MissingCount({ name, missing, list }: { name: string; missing: Missing; list: string }) {
  const words = useStore().words.value;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{words.count(missing.told)}</dd>
      {missing.untold > 0 && (
        <dd class="quiet small">
          {words.count(missing.untold)} more not in the {list} list
          {missing.why !== null && (
            <>
              {", "}
              <ThirdParty text={missing.why} />
            </>
          )}
        </dd>
      )}
    </div>
  );
}

function LeftOut({ count, what }: { count: number; what: string | null }) {
  const words = useStore().words.value;
  if (count === 0) return null;
  return (
    <p class="quiet">Left out to fit: {what === null ? words.counted(count, "row") : <ThirdParty text={what} />}.</p>
  );
}
