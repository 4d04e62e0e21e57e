import { describe, expect, it } from "vitest";
import { openEnvironment, STRIDE } from "./support/environment.ts";
import { planCircumstances, planSequence } from "./support/plan.ts";

// Another run: FAULT_SEED=… npm run test:faults. One environment of it again: FAULT_SEED=… FAULT_ONLY=17. The steps are
// the same then; which of two processes is faster is not.
const SEED = process.env["FAULT_SEED"] ?? "2026";
const ONLY = process.env["FAULT_ONLY"];

const ENVIRONMENTS = 40;
const SEQUENCES_EACH = 50;

const numbers = Array.from({ length: ENVIRONMENTS }, (_, number) => number);
const played = ONLY === undefined ? numbers : numbers.filter((number) => number === Number(ONLY));

describe("random sequences of calls, faults, cancellations, kills and restarts", () => {
  it.concurrent.each(played)(
    `leave books, answers and files as they must be: seed ${SEED}, environment %i`,
    async (number) => {
      const seed = `${SEED} ${number}`;
      const circumstances = planCircumstances(seed);
      const environment = await openEnvironment(circumstances, SEQUENCES_EACH);
      try {
        for (let sequence = 0; sequence < SEQUENCES_EACH; sequence++) {
          const steps = planSequence(`${seed} ${sequence}`, sequence * STRIDE);
          const problems: string[] = [];
          for (const step of steps) problems.push(...(await environment.play(step)));
          problems.push(...(await environment.check()));
          const where = `FAULT_SEED=${SEED} FAULT_ONLY=${number}, sequence ${sequence}, ${JSON.stringify(circumstances)}`;
          expect(problems, `${where}:\n${steps.map((step) => JSON.stringify(step)).join("\n")}\n`).toEqual([]);
        }
        expect(await environment.checkAnew(), `FAULT_SEED=${SEED} FAULT_ONLY=${number}, at the end`).toEqual([]);
      } finally {
        await environment.close();
      }
    },
  );

  it("are two thousand and more steps than that, from one seed", () => {
    const all = numbers.flatMap((number) =>
      Array.from({ length: SEQUENCES_EACH }, (_, sequence) =>
        planSequence(`${SEED} ${number} ${sequence}`, sequence * STRIDE),
      ),
    );
    expect(all).toHaveLength(2000);
    for (const steps of all) {
      expect(steps.length).toBeGreaterThanOrEqual(3);
      expect(steps.length).toBeLessThanOrEqual(12);
    }
    const kinds = new Set(all.flat().map((step) => step.do));
    expect([...kinds].sort()).toEqual(["call", "calls", "cancel", "command", "estimate", "fault", "kill", "restart"]);
  });
});
