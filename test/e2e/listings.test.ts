import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { start } from "../support/built.ts";
import { CLIENTS } from "../support/clients.ts";
import { HTTP_CLIENTS, openSession, type RawAnswer, sendRaw, toInitialize } from "../support/http-clients.ts";
import { ask, type HttpProcess, startHttp, toModern } from "../support/http-start.ts";
import type { Listing } from "../support/tool-lint/listing.ts";
import { lint } from "../support/tool-lint/listing.ts";
import { RULES } from "../support/tool-lint/rules.ts";

const LISTS = {
  tools: "tools/list",
  prompts: "prompts/list",
  resources: "resources/list",
  resourceTemplates: "resources/templates/list",
} as const;

let server: HttpProcess;

beforeAll(async () => {
  server = await startHttp();
});
afterAll(() => server.stop());

describe("what real clients are told before the first call", () => {
  let listings: [string, Listing][];

  beforeAll(async () => {
    const connections = [
      ...CLIENTS.map(([name, connect]) => [`${name}, stdio`, () => connect()] as const),
      ...HTTP_CLIENTS.map(([name, connect]) => [`${name}, HTTP`, () => connect(server.url)] as const),
    ];
    listings = await Promise.all(
      connections.map(async ([name, connect]): Promise<[string, Listing]> => {
        const client = await connect();
        const listing = await client.listing();
        await client.close();
        return [name, listing];
      }),
    );
  });

  it("keeps to every rule, whichever the client and its way in", () => {
    expect(listings).toHaveLength(6);
    for (const [name, listing] of listings) expect([name, lint(listing, RULES)]).toEqual([name, []]);
  });

  it("is the same for all of them", () => {
    const [, first] = listings[0] ?? [];
    for (const [name, listing] of listings) expect([name, listing]).toEqual([name, first]);
  });
});

/** Sends one line after the other, each when the one before is answered, and gives the results. */
async function askStdio(requests: readonly object[]): Promise<Record<string, unknown>[]> {
  const child = start([]);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const results: Record<string, unknown>[] = [];
  for (const request of requests) {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value } = await lines.next();
    results.push((JSON.parse(value) as { result: Record<string, unknown> }).result);
  }
  child.stdin.end();
  await once(child, "close");
  return results;
}

describe("the bytes of a list", () => {
  const methods = Object.values(LISTS);
  const older = methods.map((method, index) => ({ jsonrpc: "2.0", id: index + 2, method }));
  let results: Record<string, unknown>[][];

  beforeAll(async () => {
    const session = await openSession(server.url);
    const last = async (answer: Promise<RawAnswer>) => (await answer).messages.at(-1)?.result ?? {};
    results = await Promise.all([
      askStdio([toInitialize(), ...older]).then(([, ...lists]) => lists),
      askStdio(methods.map((method) => toModern(method).body)),
      Promise.all(older.map((request) => last(sendRaw(server.url, request, { session })))),
      Promise.all(methods.map((method) => last(ask(server.url, method)))),
    ]);
  });

  it.each(Object.keys(LISTS).map((member, index) => [member, index] as const))(
    "of %s are the same in both eras, over stdio and HTTP",
    (member, index) => {
      const [first, ...others] = results.map((lists) => JSON.stringify(lists[index]?.[member]));
      expect(first).toMatch(/^\[\{/);
      expect(others).toEqual([first, first, first]);
    },
  );
});
