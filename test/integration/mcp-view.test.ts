import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../../src/log.ts";
import { VIEW_MIME_TYPE, VIEW_URI } from "../../src/mcp/apps-view.ts";
import { createPersonAsker } from "../../src/mcp/ask-person.ts";
import { createServer, type ServerDeps } from "../../src/mcp/server.ts";
import { createRenderAnswer } from "../../src/mcp/tool-result.ts";
import { VIEW_META_KEY, type ViewData } from "../../src/pages/view/view-data.ts";
import { createSandboxWire } from "../../src/sandbox/gateway.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { readViewPage } from "../../src/view/view-page.ts";
import type { ToolAnswer } from "../support/clients.ts";
import { createFixtureEndpoint, serveEndpoint } from "../support/fixture-server.ts";
import { connectPinnedHttp, HTTP_CLIENTS, type HttpClient } from "../support/http-clients.ts";
import { serviceOver } from "../support/service-over.ts";

const NOW = Date.UTC(2026, 10, 24, 9, 30);

/** One call of each tool, and some of each that fail. */
const CALLS: readonly (readonly [string, Record<string, unknown>])[] = [
  ["get_domain_pages", { target: "acme.example" }],
  ["estimate_domain_pages", { target: "acme.example" }],
  ["query_domain_pages", { target: "acme.example", status: "broken" }],
  ["query_domain_pages", { target: "acme.example", group_by: "section" }],
  ["query_domain_pages", { target: "acme.example", handles: ["p2"] }],
  ["compare_domain_pages", { target: "acme.example", other_target: "example.com" }],
];
const REFUSED: readonly (readonly [string, Record<string, unknown>])[] = [
  ["get_domain_pages", { target: "acme.example", limit: 0 }],
  ["query_domain_pages", { target: "never.example" }],
  ["query_domain_pages", { target: "acme.example", handles: ["p4000"] }],
  ["compare_domain_pages", { target: "acme.example" }],
];

const open = async (change: (deps: ServerDeps) => Partial<ServerDeps> = () => ({})) => {
  const logged: string[] = [];
  const log = createLog({ level: "error", write: (line) => logged.push(line), secrets: [], now: () => NOW });
  const { store, ...service } = await serviceOver(createSandboxWire(createWorld()), { now: () => NOW, log });
  const deps: ServerDeps = {
    product: { name: "domain-pages-mcp", version: "0" },
    ...service,
    snapshots: store.snapshots,
    renderAnswer: createRenderAnswer(),
    asker: createPersonAsker(async () => new Uint8Array(32)),
    answerForm: "both",
    progressEveryMs: 1000,
    readViewPage,
    log,
  };
  const changed = { ...deps, ...change(deps) };
  const endpoint = createFixtureEndpoint({ createServerFor: ({ method }) => createServer(changed, method) });
  const served = await serveEndpoint(() => endpoint);
  const close = async () => {
    await served.close();
    await endpoint.close();
  };
  return { url: served.url, close, logged };
};

const viewOf = ({ _meta }: ToolAnswer): ViewData | undefined => _meta?.[VIEW_META_KEY] as ViewData | undefined;

/** A result without the view, as it came else. */
function withoutView(answer: ToolAnswer): string {
  const { _meta, ...rest } = answer;
  const { [VIEW_META_KEY]: _view, ...others } = _meta ?? {};
  return JSON.stringify(Object.keys(others).length === 0 ? rest : { ...rest, _meta: others });
}

const sorted = (json: string) =>
  JSON.stringify(Object.entries(JSON.parse(json) as object).sort(([a], [b]) => (a < b ? -1 : 1)));

describe.each(HTTP_CLIENTS)("views for %s", (_name, connect) => {
  let service: Awaited<ReturnType<typeof open>>;
  let plain: HttpClient;
  let showing: HttpClient;

  beforeAll(async () => {
    service = await open();
    plain = await connect(service.url);
    showing = await connect(service.url, { shows: [VIEW_MIME_TYPE] });
    // Kept from here on, so that no two calls differ in who bought.
    for (const target of ["acme.example", "example.com"]) await plain.call("get_domain_pages", { target });
  });
  afterAll(async () => {
    await Promise.all([plain.close(), showing.close()]);
    await service.close();
  });

  it.each([...CALLS, ...REFUSED])("%s %j is the same with and without, but for the view", async (tool, args) => {
    const [without, withIt] = [await plain.call(tool, args), await showing.call(tool, args)];
    expect(viewOf(without)).toBeUndefined();
    expect(sorted(withoutView(withIt))).toBe(sorted(JSON.stringify(without)));
    const hasView = tool !== "estimate_domain_pages" && !REFUSED.some((each) => each[1] === args);
    expect(viewOf(withIt) !== undefined).toBe(hasView);
  });

  it.each([[["text/html"]], [[]]])("are not for a client that shows %j", async (shows) => {
    const other = await connect(service.url, { shows });
    expect(viewOf(await other.call("get_domain_pages", { target: "acme.example" }))).toBeUndefined();
    await other.close();
  });

  it("hold the whole snapshot beside a short answer", async () => {
    const answer = await showing.call("get_domain_pages", { target: "acme.example" });
    const view = viewOf(answer);
    if (view?.kind !== "snapshot") throw new Error("no view of a snapshot");
    expect(view.head).toMatchObject({ target: "acme.example", charge: "free", source: "sandbox" });
    expect(view.rows.cells.length).toBe(view.head.folds);
    expect(view.selection).toBeNull();
  });

  it("tell what a question selected, and begin where it pages to", async () => {
    const broken = viewOf(await showing.call("query_domain_pages", { target: "acme.example", status: "broken" }));
    expect(broken).toMatchObject({ rows: { from: 0 }, selection: { where: ["status broken"] } });
    const paged = viewOf(await showing.call("query_domain_pages", { target: "acme.example", offset: 7 }));
    expect(paged).toMatchObject({ rows: { from: 7 }, selection: null });
  });

  it("hold a comparison", async () => {
    const refs = { target: "acme.example", other_target: "example.com" };
    expect(viewOf(await showing.call("compare_domain_pages", refs))).toMatchObject({
      kind: "comparison",
      comparison: { kind: "side_by_side", first: { target: "acme.example" }, second: { target: "example.com" } },
    });
  });

  it("are drawn by a page that anybody may read", async () => {
    expect(await showing.read(VIEW_URI)).toBe(await readViewPage());
    expect(await plain.read(VIEW_URI)).toBe(await readViewPage());
  });
});

describe("a view that cannot be made", () => {
  it("leaves the answer as it is, and a line in the log", async () => {
    const tellNonsense = ({ comparePages }: ServerDeps): Partial<ServerDeps> => ({
      comparePages: (input, caller) =>
        comparePages(input, {
          ...caller,
          onSnapshots: (first) => caller.onSnapshots?.(first, { ...first, items: undefined as never }),
        }),
    });
    const service = await open(tellNonsense);
    const client = await connectPinnedHttp(service.url, { shows: [VIEW_MIME_TYPE] });
    await client.call("get_domain_pages", { target: "acme.example" });
    const refs = { target: "acme.example", other_target: "acme.example" };
    const answer = await client.call("compare_domain_pages", refs);
    expect(answer.isError).toBeFalsy();
    expect(answer.content[0]?.text).toContain("both are the same snapshot");
    expect(viewOf(answer)).toBeUndefined();
    expect(service.logged.join("")).toContain("view.defect");
    await client.close();
    await service.close();
  });
});
