import type { JsonObject, Page } from "../../snapshot/page.ts";
import { countOf } from "../../text.ts";
import { describeLinks, type Finding, type List, pickFolds, toFinding } from "./finding.ts";

/** Below 100 words the most used SEO plugin (Yoast) calls a text "very far below" what it takes. */
const FEW_WORDS = 100;

/** Pages that earn links and have little to show for it, or no name. Unknown words and titles are no fault. */
export function findThinPages(list: List): Finding | null {
  return toFinding(
    `thin or untitled (HTTP 200 HTML; < ${FEW_WORDS} words or no title)`,
    pickFolds(list.folds, list.target, (fold) => {
      const faults = isHtmlPage(fold.main) ? findFaults(fold.main) : [];
      return faults.length === 0 ? null : () => [describeLinks(fold), ...faults].join(", ");
    }),
  );
}

const isHtmlPage = ({ status, raw }: Page): boolean => {
  const type = raw["media_type"];
  return status === 200 && typeof type === "string" && /^(?:text\/html|application\/xhtml\+xml)\b/i.test(type);
};

function findFaults({ raw, title }: Page): string[] {
  const meta = raw["meta"];
  if (typeof meta !== "object" || meta === null) return [];
  const words = (meta as JsonObject)["words_count"];
  const isThin = typeof words === "number" && words >= 0 && words < FEW_WORDS;
  // A title that the item does not speak of, or that is no text, is unknown.
  const isUntitled = title === null ? (meta as JsonObject)["title"] === null : !/\S/.test(title);
  return [...(isThin ? [countOf(words, "word")] : []), ...(isUntitled ? ["no title"] : [])];
}
