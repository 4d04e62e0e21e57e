import { afterEach, describe, expect, it } from "vitest";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { type AnswerQuestion, CLIENTS, type ConnectedClient } from "../support/clients.ts";

const QUESTION = "Buy up to 20 pages of acme.example for $0.045, as the gateway quotes it?";

describe.each(CLIENTS)("%s, with a purchase above the threshold", (_name, connect) => {
  let client: ConnectedClient | undefined;
  let gateway: SandboxServer | undefined;

  const ask = async (person?: AnswerQuestion) => {
    gateway = await serveSandbox({ world: createWorld(), port: 0, prices: { perCallUsd: 0.025, perPageUsd: 0.001 } });
    const env = {
      AISA_API_KEY: "sk-aisa-consent",
      AISA_BASE_URL: `${gateway.origin}/apis/v1`,
      DOMAIN_PAGES_ASK_ABOVE_USD: "0.03",
    };
    client = await connect(env, person);
    const answer = await client.call("get_domain_pages", { target: "acme.example", limit: 20 });
    return { answer, text: answer.content[0]?.text ?? "", books: gateway.books.read() };
  };

  afterEach(async () => {
    await client?.close();
    await gateway?.close();
    client = undefined;
    gateway = undefined;
  });

  it("asks the person, with the price, and buys after a yes", async () => {
    const asked: string[] = [];
    const { answer, text, books } = await ask((message) => {
      asked.push(message);
      return { action: "accept", content: { agree: true } };
    });
    expect(asked).toEqual([QUESTION]);
    expect(answer.isError).toBeFalsy();
    expect(text).toContain("charged $0.045");
    expect(books).toMatchObject({ calls: { quoted: 1, carried_out: 1 }, billed: { calls: 1, micros: 45_000 } });
  });

  it.each<[string, ReturnType<AnswerQuestion>]>([
    ["no", { action: "decline" }],
    ["nothing", { action: "cancel" }],
    ["yes without agreeing", { action: "accept", content: { agree: false } }],
  ])("buys nothing when the person says %s", async (_what, said) => {
    const { answer, text, books } = await ask(() => said);
    expect(answer.isError).toBe(true);
    expect(text).toBe(
      "The user did not agree to this purchase. Not charged. Do not ask for the same again unless the user says so.",
    );
    expect(books.billed.calls).toBe(0);
  });

  it("refuses with the price when the client cannot ask", async () => {
    const { answer, text, books } = await ask();
    expect(answer.isError).toBe(true);
    expect(text).toBe(
      "A person has to agree first, since this may cost more than $0.03 (DOMAIN_PAGES_ASK_ABOVE_USD). " +
        `${QUESTION} Not charged. ` +
        "Tell the user the price. A smaller limit may need no agreement; whoever runs the server can raise it.",
    );
    expect(books.billed.calls).toBe(0);
  });
});
