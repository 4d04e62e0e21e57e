import { BODY_FORMS, choice, type GatewayHabit, switchable, toFlag } from "./values.ts";

interface FormerName {
  env: string;
  /**
   * What its value is called by now: habits of the gateway that it adds, and those that it speaks against. Left out: a
   * setting still, which nobody is told of.
   */
  toHabits?: (value: string) => Habits;
}

type Habits = { adds: GatewayHabit[]; speaksAgainst: GatewayHabit[] } | { rule: string };

const GATEWAY_HABITS = "DOMAIN_PAGES_GATEWAY_HABITS";

/**
 * THE table of names that no document has any more and that are read all the same: somebody has set them. What one of
 * these does is never less than it was.
 */
export const FORMER_NAMES: readonly FormerName[] = [
  { env: "DOMAIN_PAGES_SEND_PRICE_CAP", toHabits: offMeans("no-cap") },
  { env: "DOMAIN_PAGES_SEND_IDEMPOTENCY_KEY", toHabits: offMeans("no-key") },
  { env: "DOMAIN_PAGES_QUOTES", toHabits: offMeans("no-quotes") },
  { env: "DOMAIN_PAGES_BODY_FORM", toHabits: toBodyForm },
  // What is built in suits everybody; a smaller bound that somebody has set stays one.
  { env: "DOMAIN_PAGES_MAX_REPLY_MB" },
  { env: "DOMAIN_PAGES_HTTP_MAX_BODY_KB" },
];

function offMeans(habit: GatewayHabit): (value: string) => Habits {
  return (value) => {
    const { success, data, error } = switchable.safeParse(value);
    if (!success) return { rule: ruleOf(error) };
    return data ? { adds: [], speaksAgainst: [habit] } : { adds: [habit], speaksAgainst: [] };
  };
}

function toBodyForm(value: string): Habits {
  const { success, data, error } = choice(["auto", ...BODY_FORMS]).safeParse(value);
  if (!success) return { rule: ruleOf(error) };
  return { adds: data === "auto" ? [] : [data], speaksAgainst: BODY_FORMS.filter((form) => form !== data) };
}

const ruleOf = ({ issues: [issue] }: { issues: readonly { message: string }[] }): string => issue?.message ?? "";

/** Whether documents and help leave a setting out: its only name is a former one. */
export const isFormer = ({ facts: { env } }: { facts: { env: readonly [string, ...string[]] } }): boolean =>
  FORMER_NAMES.some((former) => former.env === env[0] && former.toHabits === undefined);

/** Those whose values another setting takes in, read like settings of their own: as flags too. */
export const TAKEN_IN = FORMER_NAMES.filter(({ toHabits }) => toHabits !== undefined).map(({ env }) => ({
  key: env,
  facts: { env: [env] as const },
  flag: toFlag(env),
}));

/** Settings as they were typed, by key. */
interface Typed {
  values: Record<string, string>;
  /** How each was named, for messages. */
  typedAs: Record<string, string>;
}

/**
 * Says with today's names what was set with former ones, in `values`.
 * @returns a sentence for each that has another name today, and what cannot be meant
 */
export function takeInFormerNames(typed: Typed): { former: string[]; problems: { name: string; message: string }[] } {
  const former: string[] = [];
  const problems: { name: string; message: string }[] = [];
  for (const { env, toHabits } of FORMER_NAMES) {
    const value = typed.values[env];
    if (value === undefined || toHabits === undefined) continue;
    delete typed.values[env];
    const name = typed.typedAs[env] ?? env;
    const taken = takeIn(toHabits(value), typed);
    if ("rule" in taken) problems.push({ name, message: taken.rule });
    else former.push(`${name} ${taken.todo}`);
  }
  return { former, problems };
}

/** A contradiction is refused: either reading could be the one that costs money. */
function takeIn(habits: Habits, { values, typedAs }: Typed): { todo: string } | { rule: string } {
  if ("rule" in habits) return habits;
  const today = values["gatewayHabits"] ?? "";
  const words = today.split(",").map((word) => word.trim().toLowerCase());
  const against = habits.speaksAgainst.find((word) => words.includes(word));
  if (against !== undefined) {
    return {
      rule: `speaks against ${against} in ${typedAs["gatewayHabits"] ?? GATEWAY_HABITS}; leave this former name out`,
    };
  }
  const [word] = habits.adds;
  if (word === undefined) return { todo: "is a former name: leave it out, what it says is the default" };
  values["gatewayHabits"] = today === "" ? word : `${today},${word}`;
  return { todo: `is a former name: put ${word} into ${GATEWAY_HABITS} instead` };
}
