import type { Scheduler } from "fast-check";
import { addLine, createFold } from "../../src/spend/ledger/day-fold.ts";
import type { LedgerLines } from "../../src/spend/ledger/lines.ts";
import { createOneAtATime } from "../../src/spend/ledger/lines.ts";

/** The lines of one day that several processes share, each step of theirs at a time that the scheduler chooses. */
export function createRacedLines(scheduler: Scheduler) {
  const texts: string[] = [];
  const turn = () => scheduler.schedule(Promise.resolve());

  /** The lines as one process has them; what it has read it does not read again. */
  const openProcess = (): LedgerLines => {
    const fold = createFold();
    let read = 0;
    return {
      where: "here",
      append: async (_, text) => {
        await turn();
        texts.push(text);
        await turn();
      },
      fold: async () => {
        await turn();
        for (; read < texts.length; read++) {
          for (const line of (texts[read] ?? "").split("\n")) addLine(fold, line);
        }
        return fold;
      },
      oneAtATime: createOneAtATime(),
      days: async () => [],
    };
  };
  return { texts, openProcess };
}
