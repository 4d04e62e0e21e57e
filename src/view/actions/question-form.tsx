import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Host } from "../bridge/host.ts";
import { STATE_FILTERS } from "../state/placed-rows.ts";
import { useStore } from "../state/store.ts";
import { ThirdParty } from "../words/third-party.tsx";
import { STATE_NAMES } from "../words/words.ts";
import { askQuestion, toConditions } from "./question.ts";

/** Puts a question to the server, over the whole snapshot and whatever of it has come. */
export function QuestionForm({ host }: { host: Host }) {
  const store = useStore();
  const form = useRef<HTMLFormElement>(null);
  const told = useSignal("");
  const ask = async () => {
    if (form.current === null) return;
    told.value = "Asking…";
    told.value = await askQuestion(store, host, toConditions(new FormData(form.current).entries()));
  };
  // A host's sandbox submits no forms, and fires no event for one: Enter is told from the key.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    void ask();
  };
  return (
    <details class="question">
      <summary>Ask the whole snapshot (free)</summary>
      <form class="tools" ref={form} onKeyDown={onKeyDown}>
        <label class="grow">
          <span>URL or title holds</span>
          <input name="text" />
        </label>
        <label>
          <span>Status</span>
          <select name="status">
            <option value="">Any</option>
            {STATE_FILTERS.map((state) => (
              <option key={state} value={state}>
                {STATE_NAMES[state]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Section</span>
          <input name="section" placeholder="/blog" />
        </label>
        <label>
          <span>Backlinks from</span>
          <input class="short" name="min_backlinks" type="number" min="0" />
        </label>
        <label>
          <span>Domains from</span>
          <input class="short" name="min_referring_domains" type="number" min="0" />
        </label>
        <button type="button" onClick={() => void ask()}>
          Ask
        </button>
      </form>
      <p role="status" class="refused">
        <ThirdParty text={told.value} />
      </p>
    </details>
  );
}
