import type { Phase } from "./state/store.ts";
import { ThirdParty } from "./words/third-party.tsx";

/** What there is to say while nothing is shown. It stands in the page all the time, so that a change is read out. */
export function PhaseMessage({ phase }: { phase: Phase }) {
  return (
    <div role="status" class="phase">
      {toMessage(phase)}
    </div>
  );
}

function toMessage(phase: Phase) {
  switch (phase.kind) {
    case "shown":
      return null;
    case "connecting":
      return <p class="wait">Waiting for the host…</p>;
    case "alone":
      return <p>This page shows the answers of domain-pages-mcp inside a host. Opened by itself, it holds none.</p>;
    case "running":
      return (
        <p class="wait">
          {phase.target === null ? (
            "Waiting for the answer…"
          ) : (
            <>
              Waiting for the pages of <ThirdParty text={phase.target} />…
            </>
          )}
        </p>
      );
    case "asking":
      return <p class="wait">The host passed no view data on. Asking the server for it, which is free…</p>;
    case "bare":
      return (
        <>
          <p>There is nothing to draw. The answer in words:</p>
          <Quoted words={phase.words} />
        </>
      );
    case "failed":
      return (
        <>
          <p class="error">The call failed.</p>
          <Quoted words={phase.words} />
        </>
      );
    case "cancelled":
      return <p>Cancelled{phase.reason !== "" && <>: {<ThirdParty text={phase.reason} />}</>}.</p>;
  }
}

const MAX_WORDS = 4000;

const Quoted = ({ words }: { words: string }) => (
  <pre>
    <bdi dir="auto">{words.slice(0, MAX_WORDS)}</bdi>
  </pre>
);
