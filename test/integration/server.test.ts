import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { afterEach, describe, expect, it } from "vitest";
import { createLog } from "../../src/log.ts";
import { createPersonAsker } from "../../src/mcp/ask-person.ts";
import { createServer } from "../../src/mcp/server.ts";
import type { AnswerForm } from "../../src/mcp/tool-result.ts";
import { createRenderAnswer } from "../../src/mcp/tool-result.ts";
import { createSandboxWire } from "../../src/sandbox/gateway.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import type { Wire } from "../../src/upstream/wire.ts";
import { readViewPage } from "../../src/view/view-page.ts";
import type { ToolAnswer } from "../support/clients.ts";
import { serviceOver } from "../support/service-over.ts";

const NOW = Date.UTC(2026, 10, 24, 9, 30);
const sandbox = createSandboxWire(createWorld());

describe("the server around a wire", () => {
  let client: Client | undefined;
  let logged: string[] = [];

  const connect = async (wire: Wire, answerForm: AnswerForm = "both") => {
    logged = [];
    const now = () => NOW;
    const log = createLog({ level: "debug", write: (line) => logged.push(line), secrets: [], now });
    const { store, ...service } = await serviceOver(wire, { now, log });
    const server = createServer({
      product: { name: "domain-pages-mcp", version: "0" },
      ...service,
      snapshots: store.snapshots,
      renderAnswer: createRenderAnswer(),
      asker: createPersonAsker(async () => new Uint8Array(32)),
      answerForm,
      progressEveryMs: 1,
      readViewPage,
      log,
    });
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    client = new Client({ name: "test", version: "0" });
    await Promise.all([server.connect(ours), client.connect(theirs)]);
    return client;
  };
  const call = async (connected: Client, args: Record<string, unknown>, options?: object) =>
    (await connected.callTool({ name: "get_domain_pages", arguments: args }, options)) as ToolAnswer;

  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  it.each([
    ["both", /^SANDBOX/, true],
    ["text", /^SANDBOX/, false],
    ["structured", /^\{/, true],
  ] as const)("answers in the form %s, and never without a text that says it all", async (form, opening, hasData) => {
    const { content, structuredContent } = await call(await connect(sandbox, form), { target: "example.com" });
    expect(content).toEqual([{ type: "text", text: expect.stringMatching(opening) }]);
    expect(structuredContent !== undefined).toBe(hasData);
    const [first] = content as { text: string }[];
    if (form === "structured") expect(JSON.parse(first?.text ?? "")).toEqual(structuredContent);
  });

  describe.each([
    ["get_domain_pages", { target: "acme.example" }],
    ["estimate_domain_pages", { target: "acme.example" }],
    ["query_domain_pages", { target: "acme.example" }],
    ["compare_domain_pages", { target: "acme.example", other_target: "example.com" }],
  ])("%s", (name, needed) => {
    const answerTo = async (added: Record<string, unknown>) => {
      const connected = await connect(sandbox);
      for (const target of ["acme.example", "example.com"]) await call(connected, { target });
      const { tools } = await connected.listTools();
      const optional = Object.keys(tools.find((tool) => tool.name === name)?.inputSchema.properties ?? {});
      const nothing = Object.fromEntries(optional.map((each) => [each, added["each"]]));
      const { each: _each, ...rest } = added;
      return (await connected.callTool({
        name,
        arguments: { ...("each" in added && nothing), ...rest, ...needed },
      })) as ToolAnswer;
    };

    it("carries out what n8n sends, and says what it left out", async () => {
      const added = { toolCallId: "call_0BC", sessionId: "1bd19", action: "sendMessage", chatInput: "?", tool: name };
      const { isError, content, structuredContent } = await answerTo(added);
      expect(isError).toBeFalsy();
      const note = "ignored what the client added: toolCallId, sessionId, action, chatInput, tool";
      expect(content[0]?.text).toContain(note);
      expect(JSON.stringify(structuredContent)).toContain(note);
    });

    it.each([[""], ["null"], [["null"]], ["undefined"], [null]])("takes %j for left out", async (nothing) => {
      const { isError, content } = await answerTo({ each: nothing });
      expect(content[0]?.text).not.toMatch(/Arguments refused/);
      expect(isError).toBeFalsy();
    });
  });

  it("reports increasing progress while a slow call runs, when asked to", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Wire = async (request) => {
      await released;
      return sandbox(request);
    };
    const seen: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => {
      seen.push(progress);
      if (seen.length === 3) release();
    };
    const { isError } = await call(await connect(slow), { target: "example.com" }, { onprogress });
    expect(isError).toBeFalsy();
    expect(seen.slice(0, 3)).toEqual([0.001, 0.002, 0.003]);
  });

  it("gives a defect a reference and nothing else", async () => {
    const broken: Wire = async () => {
      throw new TypeError("secret detail at /srv/app.ts:7");
    };
    const { isError, content } = await call(await connect(broken), { target: "example.com" });
    expect(isError).toBe(true);
    const reference = /reference ([0-9a-f]{8})/.exec(content[0]?.text ?? "")?.[1];
    expect(reference).toBeDefined();
    expect(content[0]?.text).not.toContain("secret detail");
    expect(logged.join("")).toContain(`"reference":"${reference}"`);
    expect(logged.join("")).toContain("secret detail");
  });

  it("gives an unknown tool a protocol error", async () => {
    const connected = await connect(sandbox);
    await expect(connected.callTool({ name: "get_domains", arguments: {} })).rejects.toThrow(/not found/i);
  });

  it("completes the ids of kept snapshots", async () => {
    const connected = await connect(sandbox);
    const { structuredContent } = await call(connected, { target: "example.com" });
    const { completion } = await connected.complete({
      ref: { type: "ref/resource", uri: "domain-pages://snapshots/{snapshot_id}/pages.csv" },
      argument: { name: "snapshot_id", value: "s_" },
    });
    expect(completion.values).toEqual([structuredContent?.["snapshot_id"]]);
  });
});
