import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../clients/support/model-api.ts";
import { LAST_WORDS } from "../../clients/support/script.ts";
import { type StandIn, startStandIn } from "../../clients/support/stand-in.ts";
import { ask, converse, type Tool, toEvents, WIRES } from "./frameworks.ts";

const SCHEMA: JsonObject = { type: "object", properties: { target: { type: "string" } } };
const TOOLS: Tool[] = ["get_domain_pages", "query_domain_pages"].map((name) => {
  return { name: `pages_${name}`, description: `${name}.`, inputSchema: SCHEMA };
});
const OTHER_TOOL: Tool = { name: "todo_write", description: "The framework's own.", inputSchema: SCHEMA };

describe.each(Object.entries(WIRES))("the stand-in for %s", (_name, wire) => {
  let standIn: StandIn;
  let opened = 0;
  const open = () => {
    opened += 1;
    return standIn.open(`test-${opened}`);
  };

  beforeAll(async () => {
    standIn = await startStandIn();
  });
  afterAll(() => standIn.close());

  it("follows the script with what it read, and keeps what it was shown", async () => {
    const model = open();
    const results = [["snapshot s_abcd1234 of today", '{"rows":[]}'], ["ten rows"], ["refused"]];
    let at = 0;
    const { said, calls } = await converse(model.url, wire, {
      tools: [OTHER_TOOL, ...TOOLS],
      call: () => results[at++] ?? [],
    });
    expect(said).toBe(LAST_WORDS);
    expect(calls.map(({ name, args }) => ({ name, args }))).toEqual([
      { name: "pages_get_domain_pages", args: { target: "acme.example", limit: 20 } },
      {
        name: "pages_query_domain_pages",
        args: { snapshot_id: "s_abcd1234", status: "broken", order_by: ["page_summary.backlinks,desc"] },
      },
      { name: "pages_query_domain_pages", args: { snapshot_id: "s_abcd1234", filters: ["backlinkz", ">", 10] } },
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
    const { tools, toolsAsSent, ...recorded } = model.recorded();
    expect(recorded).toEqual({ results, problems: [] });
    expect(tools).toEqual(TOOLS.map(({ inputSchema, ...told }) => ({ ...told, schema: inputSchema })));
    expect(JSON.stringify(toolsAsSent)).not.toContain("todo_write");
  });

  it("streams the reply that it gives whole", async () => {
    const call = { id: "1", name: "pages_get_domain_pages", args: {} };
    const done = { call, pieces: ["snapshot s_abcd1234"] };
    for (const history of [[], [done], [done, done, done]]) {
      const model = open();
      const request = wire.toRequest(TOOLS, history);
      const whole = (await (await ask(model.url, wire, request)).json()) as JsonObject;
      const streamed = await ask(model.url, wire, { ...request, stream: true });
      expect(streamed.headers.get("content-type")).toBe("text/event-stream");
      expect(wire.assemble(toEvents(await streamed.text()))).toEqual(whole);
    }
  });

  it("gives null for fields that have to be given and are not meant", async () => {
    const nullable = { anyOf: [{ type: "integer" }, { type: "null" }] };
    const strict = {
      type: "object",
      properties: { target: { type: "string" }, limit: nullable, offset: nullable, tag: { type: ["string", "null"] } },
      required: ["target", "limit", "offset", "tag"],
    };
    const { calls } = await converse(open().url, wire, {
      tools: TOOLS.map((tool) => ({ ...tool, inputSchema: strict })),
      call: () => [],
    });
    expect(calls[0]?.args).toEqual({ target: "acme.example", limit: 20, offset: null, tag: null });
  });

  it("says so when it was not shown the snapshot's id", async () => {
    const { said, calls } = await converse(open().url, wire, { tools: TOOLS, call: () => ["an answer without it"] });
    expect(said).toBe("I was shown no snapshot_id.");
    expect(calls).toHaveLength(1);
  });

  it("notes a tool that it was not shown", async () => {
    const model = open();
    const { said } = await converse(model.url, wire, { tools: TOOLS.slice(1), call: () => [] });
    expect(said).toBe("I was shown no get_domain_pages.");
    expect(model.recorded().problems).toEqual(["the model was shown no tool that is get_domain_pages"]);
  });

  it("notes tools that change in the middle", async () => {
    const model = open();
    await ask(model.url, wire, wire.toRequest(TOOLS, []));
    await ask(model.url, wire, wire.toRequest(TOOLS.slice(0, 1), []));
    expect(model.recorded().problems).toEqual(["the tools changed with request 1"]);
  });

  it("answers requests without tools and keeps nothing of them", async () => {
    const model = open();
    const reply = (await (await ask(model.url, wire, wire.toRequest([], []))).json()) as JsonObject;
    expect(wire.read(reply)).toEqual({ say: "Yes." });
    expect(model.recorded()).toEqual({ tools: [], toolsAsSent: [], results: [], problems: [] });
  });

  it("keeps conversations apart", async () => {
    const [one, other] = [open(), open()];
    await converse(one.url, wire, { tools: TOOLS, call: () => ["snapshot s_abcd1234"] });
    expect(one.recorded().results).toHaveLength(3);
    expect(other.recorded().results).toEqual([]);
  });

  it("notes what it does not know", async () => {
    const model = open();
    expect((await ask(model.url, { path: "/v1/embeddings" }, {})).status).toBe(404);
    expect(model.recorded().problems).toEqual([expect.stringMatching(/^POST \/test-\d+\/v1\/embeddings is not known/)]);
  });
});

describe("the stand-in for a client without a model", () => {
  it("tells what to call next, and keeps what the client handed over", async () => {
    const standIn = await startStandIn();
    const { url, recorded } = standIn.open("plain");
    const results = [{ content: [{ type: "text", text: "snapshot s_abcd1234" }] }];
    const next = async (given: object[]) =>
      (await ask(url, { path: "/next" }, { tools: TOOLS, results: given } as never)).json();
    expect(await next([])).toEqual({
      call: { name: "pages_get_domain_pages", arguments: { target: "acme.example", limit: 20 } },
    });
    expect(await next(results)).toMatchObject({ call: { arguments: { snapshot_id: "s_abcd1234" } } });
    expect(await next([...results, ...results, ...results])).toEqual({ say: LAST_WORDS });
    expect(recorded()).toMatchObject({ tools: [{ schema: SCHEMA }, {}], problems: [] });
    expect(recorded().results).toEqual(Array(3).fill([JSON.stringify(results[0])]));
    await standIn.close();
  });
});
