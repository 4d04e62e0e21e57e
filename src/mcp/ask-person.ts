import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { AppError, type AskPerson, type Consent } from "../errors.ts";

/** The question's name in a round of input. */
const QUESTION = "purchase";

const ANSWER_WITHIN_SECONDS = 600;

const ANSWER_SCHEMA = {
  type: "object" as const,
  properties: {
    agree: { type: "boolean" as const, title: "Buy", description: "The account is charged when you agree." },
  },
  required: ["agree"],
};

/** Whether the client can put a question to a person. */
export function canAsk(context: ServerContext, declared: ClientCapabilities | undefined): boolean {
  const { elicitation } = capabilitiesOf(context, declared);
  // A client that only opens URLs cannot show a question; one that names no mode means forms.
  return elicitation !== undefined && ("form" in elicitation || !("url" in elicitation));
}

/** Puts questions about money to the person behind the client, and reads the answers. */
export interface PersonAsker {
  /** An `input_required` result, which the SDK turns into an elicitation for clients of the older era. */
  ask(question: AskPerson, context: ServerContext): Promise<InputRequiredResult>;
  /**
   * The person's yes, if this call brings one.
   * @throws {AppError} `budget` when the person said no
   */
  readConsent(context: ServerContext): Consent | undefined;
  /** For the server's options: refuses state that was not signed here. */
  verify(state: string, context: ServerContext): Promise<Consent>;
}

/**
 * What was asked is signed, so that a yes to one price cannot be handed in for another, nor by another caller.
 * @param loadKey gives at least 32 bytes, the same in every process that may get the answer; a question signed with
 *   another key is refused and has to be asked again
 */
export function createPersonAsker(loadKey: () => Promise<Uint8Array>): PersonAsker {
  let made: Promise<RequestStateCodec<Consent>> | undefined;
  // Made with the first question: it loads the platform's WebCrypto, which takes a start some milliseconds.
  const codec = () => {
    made ??= createCodec(loadKey).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return {
    verify: async (state, context) => (await codec()).verify(state, context),
    ask: async ({ question, ...consent }, context) =>
      inputRequired({
        inputRequests: { [QUESTION]: inputRequired.elicit({ message: question, requestedSchema: ANSWER_SCHEMA }) },
        requestState: await (await codec()).mint(consent, context),
      }),
    readConsent({ mcpReq }) {
      const asked = mcpReq.requestState<Consent>();
      const response = inputResponse(mcpReq.inputResponses, QUESTION);
      if (asked === undefined || response.kind !== "elicit") return undefined;
      if (response.action === "accept" && response.content?.["agree"] === true) return asked;
      throw new AppError("budget", "The user did not agree to this purchase.", {
        charge: "not_charged",
        advice: "Do not ask for the same again unless the user says so.",
      });
    },
  };
}

const createCodec = async (loadKey: () => Promise<Uint8Array>): Promise<RequestStateCodec<Consent>> =>
  createRequestStateCodec<Consent>({
    key: await loadKey(),
    ttlSeconds: ANSWER_WITHIN_SECONDS,
    bind: ({ http }) => http?.authInfo?.clientId ?? "",
  });

/**
 * What the client of a request says it can do: in the newer era each request says it, in the older one the connection's
 * opening did.
 * @param declared at the opening; undefined where there was none
 */
export function capabilitiesOf(
  { mcpReq }: ServerContext,
  declared: ClientCapabilities | undefined,
): ClientCapabilities {
  const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {};
  return (envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined) ?? declared ?? {};
}
