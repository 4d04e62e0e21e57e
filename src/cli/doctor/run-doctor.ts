import { AppError } from "../../errors.ts";
import { countOf } from "../../lists/text.ts";
import { redact } from "../../log.ts";
import { PRODUCT } from "../../version.ts";
import { EXIT_CODES, exitOf, type Io, type ParsedArgs, print, toJson } from "../args.ts";
import { widthOf, wrapText } from "../terminal.ts";
import { beginExamination, type Check, type Examination, type Finding, fail, type Limits } from "./examination.ts";
import { access, bodyForm, clock, quote } from "./gateway-checks.ts";
import { budget } from "./money.ts";
import { certificate, origin, proxy } from "./path.ts";
import { readSettings } from "./read-settings.ts";
import { http } from "./service.ts";
import { key, program, sandbox, settings } from "./set-up.ts";
import { storage } from "./storage.ts";

/** THE table of checks, in the order in which they are told: what takes no network comes first, then along the way of a call. */
export const CHECKS: readonly Check[] = [
  program,
  settings,
  key,
  storage,
  budget,
  http,
  proxy,
  origin,
  certificate,
  access,
  clock,
  quote,
  bodyForm,
  sandbox,
];

/** A connection takes milliseconds; who sits before it does not want to wait for minutes. */
const LIMITS: Limits = { totalMs: 60_000, connectMs: 10_000, callMs: 20_000 };

/**
 * `doctor`: looks at everything a call needs, one line each, and says what to do. Buys nothing, shows no secret. What
 * fails keeps nothing else from being looked at, except what cannot be without it.
 * @returns the exit code of the worst finding: the lowest one
 */
export async function runDoctor(
  { options: { json = false }, settings: flags }: Pick<ParsedArgs, "options" | "settings">,
  io: Io,
  limits: Limits = LIMITS,
): Promise<number> {
  const read = readSettings(io.env, flags);
  const examination = beginExamination(read, flags, io, limits);
  const all: { name: string; finding: Finding }[] = [];
  const tell = (text: string) => print(io.stdout, redact(text, read.secrets));
  try {
    for (const check of choose(examination)) {
      if (io.stopped.aborted) break;
      for (const finding of await lookAt(check, examination, io)) {
        all.push({ name: check.name, finding });
        if (!json) tell(renderFinding(check.name, finding, widthOf(io)));
      }
    }
  } finally {
    await examination.close();
  }
  const findings = all.map(({ finding }) => finding);
  const exitCode = io.stopped.aborted ? EXIT_CODES.cancelled.code : worstOf(findings);
  const sum = io.stopped.aborted ? "Interrupted: the rest was not looked at." : renderSum(findings);
  tell(json ? toJson(toReport(all, exitCode)) : `\n${sum}`);
  return exitCode;
}

/** The way to the gateway is of interest too where only the key is bad. */
function choose({ isLive, settings: { leftOut } }: Examination): readonly Check[] {
  const wantsGateway = isLive || leftOut.has("AISA_API_KEY");
  return CHECKS.filter(({ where }) => where !== (wantsGateway ? "sandbox" : "gateway"));
}

async function lookAt({ look }: Check, examination: Examination, io: Io): Promise<Finding[]> {
  try {
    return await look(examination);
  } catch (error) {
    return io.stopped.aborted ? [] : [judgeFailure(error, examination, io)];
  }
}

function judgeFailure(error: unknown, { signal, limits, settings: { secrets } }: Examination, io: Io): Finding {
  if (signal.aborted) {
    const says = `not looked at: all together may take ${limits.totalMs / 1000} s, and that is over`;
    return fail("unavailable", says, "Mend what took so long, told above, and run doctor again.");
  }
  if (error instanceof AppError) {
    return fail(exitOf(error), error.message.replace(/\.$/, ""), error.facts.advice ?? "Run doctor again in a minute.");
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  print(io.stderr, redact(text, secrets));
  return fail("defect", "could not be looked at: a mistake in this program", "Report it with what stands on stderr.");
}

function worstOf(findings: readonly Finding[]): number {
  const codes = findings.flatMap((finding) => (finding.verdict === "FAIL" ? [EXIT_CODES[finding.exit].code] : []));
  return codes.length === 0 ? EXIT_CODES.ok.code : Math.min(...codes);
}

/** The report for a program. */
function toReport(all: readonly { name: string; finding: Finding }[], exitCode: number) {
  return {
    version: PRODUCT.version,
    exit_code: exitCode,
    checks: all.map(({ name, finding }) => ({
      check: name,
      verdict: finding.verdict.toLowerCase(),
      says: finding.says,
      ...("todo" in finding && { todo: finding.todo }),
    })),
  };
}

const NAME_WIDTH = Math.max(...CHECKS.map(({ name }) => name.length));
const VERDICT_WIDTH = "note".length;
const INDENT = " ".repeat(VERDICT_WIDTH + 2 + NAME_WIDTH + 2);

/**
 * A line for the finding, and one for what to do.
 * @param width of the terminal: what is longer goes on below, under its own column
 */
export function renderFinding(name: string, finding: Finding, width?: number): string {
  const hang = (text: string) =>
    width === undefined ? text : wrapText(text, width - INDENT.length).replaceAll("\n", `\n${INDENT}`);
  const line = `${finding.verdict.padEnd(VERDICT_WIDTH)}  ${name.padEnd(NAME_WIDTH)}  ${hang(finding.says)}`;
  const todo = "todo" in finding ? finding.todo : undefined;
  return todo === undefined ? line : `${line}\n${INDENT}${hang(`-> ${todo}`)}`;
}

/** The last line: whether all is well. */
export function renderSum(findings: readonly Finding[]): string {
  const count = (verdict: Finding["verdict"]) => findings.filter((finding) => finding.verdict === verdict).length;
  const [failed, noted] = [count("FAIL"), count("note")];
  if (failed > 0) {
    const what = failed === 1 ? "1 thing stands" : `${failed} things stand`;
    return `${what} in the way. Do what is written below the first FAIL, then run doctor again.`;
  }
  if (noted === 0) return "All is well.";
  return `Nothing stands in the way; ${countOf(noted, "note")} above.`;
}
