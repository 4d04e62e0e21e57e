import { describe, expect, it } from "vitest";
import { countTokens, toStable } from "../../clients/support/count-tokens.ts";
import { type Passed, readSent } from "../../clients/support/passed.ts";

const asked = (message: Passed["message"]): Passed => ({ from: "client", message });
const told = (message: Passed["message"]): Passed => ({ from: "server", message });

const META = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };
const ANSWER = { content: [{ type: "text", text: "rows" }], structuredContent: { rows: [] } };
const CALLED = [{ tool: "a", args: { n: 1 }, answer: { text: "rows", structured: { rows: [] }, isError: false } }];

describe("what passed between a client and the server", () => {
  it("is read in the older era: revision, tools, calls with their answers", () => {
    const sent = readSent([
      asked({ id: 0, method: "initialize", params: { protocolVersion: "2026-01-01" } }),
      told({ id: 0, result: { protocolVersion: "2025-11-25" } }),
      asked({ method: "notifications/initialized" }),
      asked({ id: 1, method: "tools/list" }),
      asked({ id: 2, method: "tools/call", params: { name: "a", arguments: { n: 1 } } }),
      told({ id: 2, result: ANSWER }),
      told({ id: 1, result: { tools: [{ name: "a", description: "A.", inputSchema: { type: "object" } }] } }),
    ]);
    expect(sent.revision).toBe("2025-11-25");
    expect(sent.tools).toEqual([{ name: "a", description: "A.", inputSchema: { type: "object" } }]);
    expect(sent.calls).toEqual(CALLED);
  });

  it("is read in the modern era, where each request names the revision", () => {
    const sent = readSent([
      asked({ id: 1, method: "tools/call", params: { name: "a", arguments: { n: 1 }, ...META } }),
      told({ id: 1, result: { ...ANSWER, resultType: "complete" } }),
    ]);
    expect(sent).toMatchObject({ revision: "2026-07-28", calls: CALLED });
  });

  it("is nothing where nothing was answered", () => {
    const lost = [asked({ id: 1, method: "tools/call", params: { name: "a" } }), told({ id: 7, result: ANSWER })];
    expect(readSent(lost).calls).toEqual([]);
    expect(readSent([])).toEqual({ revision: "", tools: [], calls: [] });
  });
});

describe("tokens", () => {
  it("are those of a text that is the same in every run", () => {
    const at = (id: string, day: string) => `snapshot ${id} of ${day} 09:30 UTC; {"fetched_at":"${day}T09:30:00.123Z"}`;
    expect(toStable(at("s_4we1xr0n", "2026-11-24"))).toBe(toStable(at("s_zzzzzzzz", "2027-01-02")));
    expect(countTokens(at("s_4we1xr0n", "2026-11-24"))).toBe(countTokens(at("s_zzzzzzzz", "2027-01-02")));
    expect(toStable("p1,/s_pages,200,2026-11-24")).toBe("p1,/s_pages,200,2026-11-24");
  });
});
