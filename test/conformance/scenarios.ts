/** The revisions whose required scenarios are run, each on its own wire. */
export const REVISIONS = ["2025-11-25", "2026-07-28"] as const;
export type Revision = (typeof REVISIONS)[number];

/** `real` is the product, `fixture` a server with the suite's own tools on the product's endpoint. */
export type ServerKind = "real" | "fixture";

export interface Scenario {
  /** Servers whose result counts. */
  on: readonly ServerKind[];
  /** Why not on both. */
  why?: string;
  /** Checks of it that the real server cannot be asked, for want of the suite's tools; they must pass on the fixture. */
  fixtureChecks?: readonly string[];
}

const BOTH: Scenario = { on: ["real", "fixture"] };
const onFixture = (why: string): Scenario => ({ on: ["fixture"], why });

const TOOL = onFixture("calls a tool of the suite");
const RESOURCE = onFixture("reads a resource of the suite");
const PROMPT = onFixture("gets a prompt of the suite");
const QUESTION = onFixture("calls a tool of the suite that asks for input");
const TASKS: Scenario = { on: [], why: "the tasks extension is not offered; optional by definition (SEP-1730)" };

/** Every scenario of the two requirement sets. One that the suite runs and that is missing here is an error. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "server-initialize": BOTH,
  "server-session-lifecycle": BOTH,
  "server-stateless": {
    ...BOTH,
    fixtureChecks: [
      "sep-2575-server-rejects-undeclared-capability",
      "sep-2575-missing-capability-http-400",
      "sep-2575-http-server-no-independent-requests-on-stream",
      "sep-2575-server-no-log-without-loglevel",
    ],
  },
  ping: BOTH,
  "tools-list": BOTH,
  "resources-list": BOTH,
  "prompts-list": BOTH,
  "sep-2164-resource-not-found": BOTH,
  "dns-rebinding-protection": BOTH,
  caching: BOTH,
  "http-header-validation": BOTH,
  "input-required-result-unsupported-methods": BOTH,
  "server-sse-multiple-streams": BOTH,

  "logging-set-level": onFixture("the product declares no logging: deprecated in 2026-07-28, its log goes to stderr"),
  "completion-complete": onFixture("completes an argument of a prompt of the suite"),
  "json-schema-2020-12": onFixture("looks at a tool of the suite; the product's schemas are kept flat on purpose"),
  "http-custom-header-server-validation": onFixture("needs a tool with x-mcp-header; the product has none"),
  "tools-call-simple-text": TOOL,
  "tools-call-image": TOOL,
  "tools-call-audio": TOOL,
  "tools-call-embedded-resource": TOOL,
  "tools-call-mixed-content": TOOL,
  "tools-call-with-logging": TOOL,
  "tools-call-error": TOOL,
  "tools-call-with-progress": TOOL,
  "tools-call-sampling": QUESTION,
  "tools-call-elicitation": QUESTION,
  "elicitation-sep1034-defaults": QUESTION,
  "elicitation-sep1330-enums": QUESTION,
  "resources-read-text": RESOURCE,
  "resources-read-binary": RESOURCE,
  "resources-templates-read": RESOURCE,
  "resources-subscribe": onFixture("the product's resources never change, so there is nothing to subscribe to"),
  "resources-unsubscribe": onFixture("the product's resources never change, so there is nothing to subscribe to"),
  "prompts-get-simple": PROMPT,
  "prompts-get-with-args": PROMPT,
  "prompts-get-embedded-resource": PROMPT,
  "prompts-get-with-image": PROMPT,
  "input-required-result-basic-elicitation": QUESTION,
  "input-required-result-basic-sampling": QUESTION,
  "input-required-result-basic-list-roots": QUESTION,
  "input-required-result-request-state": QUESTION,
  "input-required-result-multiple-input-requests": QUESTION,
  "input-required-result-multi-round": QUESTION,
  "input-required-result-missing-input-response": QUESTION,
  "input-required-result-non-tool-request": QUESTION,
  "input-required-result-result-type": QUESTION,
  "input-required-result-tampered-state": QUESTION,
  "input-required-result-capability-check": QUESTION,
  "input-required-result-ignore-extra-params": QUESTION,
  "input-required-result-validate-input": QUESTION,

  "server-sse-polling": {
    on: [],
    why: "streams cannot be taken up again: a purchase is kept, and asking again is free. Pending in the suite itself",
  },
  "tasks-lifecycle": TASKS,
  "tasks-capability-negotiation": TASKS,
  "tasks-wire-fields": TASKS,
  "tasks-request-state-removal": TASKS,
  "tasks-mrtr-input": TASKS,
  "tasks-request-headers": TASKS,
  "tasks-dispatch-and-envelope": TASKS,
  "tasks-status-notifications": TASKS,
  "tasks-required-task-error": TASKS,
  "tasks-mrtr-composition": TASKS,
};

/** A check that is known to fail. One that passes has to leave this list. */
export interface ExpectedFailure {
  server: ServerKind;
  revision: Revision;
  scenario: string;
  check: string;
  why: string;
}

export const EXPECTED_FAILURES: readonly ExpectedFailure[] = [];
