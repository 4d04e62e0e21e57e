import type { ViewHead } from "../../pages/view/view-data.ts";
import { type Filter, isFiltered } from "../state/choose-rows.ts";
import { useStore } from "../state/store.ts";
import { nameSection } from "../words/words.ts";
import { tellRows } from "./rows-as-text.ts";

/** Tells the model what the person looks at: the marked rows, or else those that the table shows. */
export function AskButton({ head }: { head: ViewHead }) {
  const { host, rows, shown, marked, filter, said, words } = useStore();
  const at = host.value;
  if (at === null || !(at.can.updateContext || at.can.sendMessages)) return null;
  const ask = async () => {
    const isMarked = marked.value.size > 0;
    const chosen = isMarked ? rows.value.filter(({ handle }) => marked.value.has(handle)) : shown.value;
    const choice = isMarked ? "marked by hand" : describeFilter(filter.value);
    const text = tellRows(head, chosen, choice, words.value);
    const count = words.value.counted(chosen.length, "row");
    try {
      if (at.can.updateContext) {
        await at.updateContext(text);
        said.value = `The model will read ${count} with your next message.`;
      } else {
        await at.sendMessage(text);
        said.value = `Sent ${count} to the conversation.`;
      }
    } catch {
      said.value = "The host did not pass it on.";
    }
  };
  return (
    <button type="button" onClick={() => void ask()}>
      {marked.value.size > 0 ? `Ask about ${words.value.count(marked.value.size)} marked` : "Ask about these rows"}
    </button>
  );
}

function describeFilter(filter: Filter): string {
  const { text, state, section, minBacklinks, firstSeen, finding, question } = filter;
  if (!isFiltered(filter)) return "";
  return [
    ...(finding === null ? [] : [finding.name]),
    ...(question === null ? [] : [question.name]),
    ...(text.trim() === "" ? [] : [`with ${JSON.stringify(text.trim())} in URL or title`]),
    ...(state === null ? [] : [state]),
    ...(section === null ? [] : [`in ${nameSection(section)}`]),
    ...(minBacklinks > 0 ? [`from ${minBacklinks} backlinks`] : []),
    ...(firstSeen === null ? [] : [`first seen ${firstSeen}`]),
  ].join(", ");
}

/** Between the conversation and the whole window, where the host has both. */
export function FullScreenButton() {
  const { host, context, said } = useStore();
  const { displayMode, displayModes = [] } = context.value;
  const to = displayMode === "fullscreen" ? "inline" : "fullscreen";
  const at = host.value;
  if (at === null || !displayModes.includes(to)) return null;
  const request = () =>
    at.requestDisplayMode(to).catch(() => {
      said.value = "The host did not change its size.";
    });
  return (
    <button type="button" onClick={() => void request()}>
      {to === "fullscreen" ? "Full screen" : "Back into the conversation"}
    </button>
  );
}
