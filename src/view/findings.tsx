import type { ViewFinding } from "../pages/view/view-data.ts";
import { useStore } from "./state/store.ts";
import { ThirdParty } from "./words/third-party.tsx";

/** A card names that many pages. */
const MAX_NAMED = 3;

/** What is worth acting on; a card narrows the table to its pages, and once more widens it again. */
export function Findings({ findings }: { findings: readonly ViewFinding[] }) {
  if (findings.length === 0) return <p class="quiet">No finding: none of the rules matches a page with backlinks.</p>;
  return (
    <ul class="cards">
      {findings.map((finding) => (
        <li key={finding.rule}>
          <FindingCard finding={finding} />
        </li>
      ))}
    </ul>
  );
}

function FindingCard({ finding }: { finding: ViewFinding }) {
  const { filter, words } = useStore();
  const { rule, pages, rows = pages, unit, backlinks, handles, says } = finding;
  const { name, condition } = splitRule(rule);
  const isOn = filter.value.finding?.name === rule;
  const toggle = () => {
    filter.value = { ...filter.value, finding: isOn ? null : { name: rule, handles: new Set(handles), total: rows } };
  };
  const named = handles.filter((handle) => says[handle] !== undefined).slice(0, MAX_NAMED);
  return (
    <button type="button" class="card" aria-pressed={isOn} onClick={toggle}>
      <strong>{name}</strong>
      {condition !== "" && <span class="quiet small">{condition}</span>}
      <span class="amount">
        <b>{words.value.count(backlinks)}</b> backlinks, {words.value.counted(pages, unit)}
      </span>
      {named.map((handle) => (
        <span key={handle} class="says small">
          {handle} <ThirdParty text={says[handle] ?? ""} />
        </span>
      ))}
    </button>
  );
}

/** A rule is told with its condition in brackets. */
function splitRule(rule: string): { name: string; condition: string } {
  const [, name = rule, condition = ""] = /^(.*?) \((.*)\)$/.exec(rule) ?? [];
  return { name: name.charAt(0).toUpperCase() + name.slice(1), condition };
}
