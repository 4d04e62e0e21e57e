import { describe, expect, it } from "vitest";
import type { GaugeReaders } from "../../../src/metrics/create-metrics.ts";
import { type CreateMetricsDeps, createMetrics, type Metrics } from "../../../src/metrics/create-metrics.ts";

const READ: GaugeReaders = {
  budgetLeftUsd: async () => 4.5,
  principalBudgetsLeftUsd: async () => new Map([["token:alice", 0.25]]),
  openConnections: () => 3,
  liveSessions: () => 2,
  isCircuitOpen: () => false,
  isStoreReady: async () => true,
};

const failed: string[] = [];

function open(gauges: Partial<GaugeReaders> = {}, more: Partial<CreateMetricsDeps> = {}): Metrics {
  failed.length = 0;
  return createMetrics({
    prefix: "domain_pages_",
    known: {
      tools: ["get_domain_pages"],
      outcomes: ["ok", "unavailable"],
      eras: ["2025", "2026"],
      caches: ["hit", "miss"],
      charges: ["reported"],
      exchanges: ["answered"],
      routes: ["/mcp"],
      refusals: ["bad_host"],
    },
    gauges: { ...READ, ...gauges },
    onProblem: (name) => failed.push(name),
    ...more,
  });
}

const samples = async (metrics: Metrics) =>
  (await metrics.render()).text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

const CALL = { tool: "get_domain_pages", outcome: "ok", era: "2026", cache: "hit", ms: 30, tokens: 900 };

describe("what is counted", () => {
  it("comes out under Prometheus' names, in base units", async () => {
    const metrics = open();
    metrics.callEnded(CALL);
    metrics.callEnded({ ...CALL, cache: "miss", ms: 2000 });
    metrics.charged({ usd: 0.0203, how: "reported" });
    metrics.charged({ usd: 0.0203, how: "reported" });
    metrics.exchangeEnded({ outcome: "answered", ms: 1500 });
    metrics.requestEnded({ route: "/mcp", status: 200 });
    metrics.refused("bad_host");
    const lines = await samples(metrics);
    expect(lines).toEqual(
      expect.arrayContaining([
        'domain_pages_tool_calls_total{tool="get_domain_pages",outcome="ok",era="2026",cache="hit"} 1',
        'domain_pages_tool_call_duration_seconds_bucket{le="0.05",tool="get_domain_pages",outcome="ok"} 1',
        'domain_pages_tool_call_duration_seconds_sum{tool="get_domain_pages",outcome="ok"} 2.03',
        'domain_pages_answer_tokens_sum{tool="get_domain_pages"} 1800',
        'domain_pages_charged_usd_total{how="reported"} 0.0406',
        'domain_pages_upstream_exchange_duration_seconds_sum{outcome="answered"} 1.5',
        'domain_pages_http_requests_total{route="/mcp",status="200"} 1',
        'domain_pages_http_refusals_total{reason="bad_host"} 1',
        "domain_pages_budget_left_usd 4.5",
        'domain_pages_principal_budget_left_usd{principal="token:alice"} 0.25',
        "domain_pages_open_connections 3",
        "domain_pages_live_sessions 2",
        "domain_pages_circuit_open 0",
        "domain_pages_store_ready 1",
      ]),
    );
  });

  it("is explained, each by one help text and one type", async () => {
    const metrics = open();
    metrics.callEnded(CALL);
    const { contentType, text } = await metrics.render();
    expect(contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
    const named = (kind: string) =>
      [...text.matchAll(new RegExp(`^# ${kind} (\\S+) \\S`, "gm"))].map(([, name]) => name);
    expect(named("HELP")).toEqual(named("TYPE"));
    expect(new Set(named("HELP")).size).toBe(13);
    for (const name of named("HELP")) expect(name).toMatch(/^domain_pages_[a-z_]+$/);
    for (const [, name] of text.matchAll(/^# TYPE (\S+) counter$/gm)) expect(name).toMatch(/_total$/);
  });

  it("never makes a series of what is not known", async () => {
    const metrics = open();
    for (let turn = 0; turn < 500; turn += 1) {
      const odd = `odd-${turn}"\n`;
      metrics.callEnded({ tool: odd, outcome: odd, era: odd, cache: odd, ms: 1, tokens: 1 });
      metrics.charged({ usd: 1, how: odd });
      metrics.exchangeEnded({ outcome: odd, ms: 1 });
      metrics.requestEnded({ route: odd, status: 1000 + turn });
      metrics.refused(odd);
    }
    const lines = await samples(metrics);
    expect(lines.length).toBeLessThan(80);
    expect(lines.join("\n")).not.toContain("odd");
    expect(lines).toContain('domain_pages_http_requests_total{route="other",status="other"} 500');
  });

  it("leaves out numbers that cannot be", async () => {
    const metrics = open();
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      metrics.charged({ usd: odd, how: "reported" });
      metrics.exchangeEnded({ outcome: "answered", ms: odd });
      metrics.callEnded({ ...CALL, ms: odd, tokens: odd });
    }
    const lines = await samples(metrics);
    expect(lines.join("\n")).not.toMatch(/charged|exchange|_bucket/);
    expect(lines.find((line) => line.includes("tool_calls_total"))).toMatch(/ 3$/);
  });
});

describe("gauges", () => {
  it("are read at each look, and forgotten in between", async () => {
    let left = 1;
    const budgets = new Map([["token:alice", 1]]);
    const metrics = open({ budgetLeftUsd: async () => left, principalBudgetsLeftUsd: async () => budgets });
    expect(await samples(metrics)).toContain("domain_pages_budget_left_usd 1");
    left = 0.5;
    budgets.delete("token:alice");
    const lines = await samples(metrics);
    expect(lines).toContain("domain_pages_budget_left_usd 0.5");
    expect(lines.join("\n")).not.toContain("token:alice");
  });

  it("that cannot be read are left out, and the others still shown", async () => {
    const broken = () => Promise.reject(new Error("no store"));
    const metrics = open({ budgetLeftUsd: broken, principalBudgetsLeftUsd: broken, isStoreReady: broken });
    const lines = await samples(metrics);
    expect(lines.sort()).toEqual([
      "domain_pages_circuit_open 0",
      "domain_pages_live_sessions 2",
      "domain_pages_open_connections 3",
    ]);
    expect(failed.sort()).toEqual([
      "domain_pages_budget_left_usd",
      "domain_pages_principal_budget_left_usd",
      "domain_pages_store_ready",
    ]);
  });

  it("name a hundred principals at most", async () => {
    const many = new Map(Array.from({ length: 1000 }, (_, index) => [`token:p${index}`, 1]));
    const lines = await samples(open({ principalBudgetsLeftUsd: async () => many }));
    expect(lines.filter((line) => line.includes("principal="))).toHaveLength(100);
  });
});

describe("registries", () => {
  it("are apart from each other, and Node's own metrics are there when wanted", async () => {
    const one = open({}, { withNodeMetrics: true });
    const two = open();
    one.refused("bad_host");
    expect((await one.render()).text).toContain("nodejs_eventloop_lag_seconds");
    expect((await two.render()).text).not.toMatch(/nodejs|bad_host/);
  });
});
