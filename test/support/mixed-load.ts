import { type Dispatcher, Pool } from "undici";
import { toModern } from "./http-start.ts";
import type { TwoReplicas } from "./two-replicas.ts";

export interface MixedLoad {
  calls: number;
  answered: number;
  /** Refused for want of a caller's budget, as some are meant to be. */
  refusedByBudget: number;
  /** Anything else: there should be none. */
  failures: string[];
  tookMs: number;
}

/** The sandbox has 93 pages of it. */
const LARGE = "acme.example";
const TARGETS = [LARGE, "example.com", "example.org"];

/** So many pages of each are bought before the load. */
const KEPT_AHEAD = 50;

/**
 * The n-th call: purchases of forty lists, each asked for by several at once, and free questions between them. Each is a list
 * of its own: parts of one list are bought one after the other, and what is kept of one would answer the next.
 */
function toCall(n: number): { tool: string; args: Record<string, unknown> } {
  const target = TARGETS[n % TARGETS.length] ?? "";
  switch (n % 5) {
    case 0:
      return { tool: "query_domain_pages", args: { target, status: "broken" } };
    case 1:
      return { tool: "estimate_domain_pages", args: { target, limit: 1 + (n % 13) } };
    case 2:
      return { tool: "compare_domain_pages", args: { target, other_target: target } };
    default:
      return {
        tool: "get_domain_pages",
        args: { target: LARGE, limit: 1, internal_list_limit: 11 + (Math.floor(n / 5) % 40) },
      };
  }
}

/**
 * So many calls at once, spread over both replicas and over three callers of one tenant, the last with little money.
 * Before it, every target is bought once, so that the free questions have an answer.
 */
export async function loadMixed(shop: TwoReplicas, calls: number): Promise<MixedLoad> {
  const tenant = ["--tenant", "load"];
  const tokens = [
    await shop.token("alice", ...tenant, "--budget", "1000"),
    await shop.token("bob", ...tenant, "--budget", "1000"),
    await shop.token("poor", ...tenant, "--budget", "0.05"),
  ];
  const pools = shop.replicas.map(({ url }) => new Pool(url.origin, { connections: 400 }));
  const send = (n: number, tool: string, args: object) =>
    callOnce(pools[n % 2] as Pool, tool, args, tokens[Math.floor(n / 7) % tokens.length] ?? "");
  try {
    for (const [index, target] of TARGETS.entries())
      await send(index % 2, "get_domain_pages", { target, limit: KEPT_AHEAD });
    const startedAt = performance.now();
    const outcomes = await Promise.all(
      Array.from({ length: calls }, (_, n) => {
        const { tool, args } = toCall(n);
        return send(n, tool, args);
      }),
    );
    const tookMs = performance.now() - startedAt;
    const refusals = outcomes.filter((outcome) => outcome !== "ok");
    const failures = refusals.filter((outcome) => !/^Your daily budget|^What is left of today's budget/.test(outcome));
    return {
      calls,
      answered: calls - refusals.length,
      refusedByBudget: refusals.length - failures.length,
      failures,
      tookMs,
    };
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
}

/** @returns `ok`, or what the failure says */
async function callOnce(to: Dispatcher, tool: string, args: object, token: string): Promise<string> {
  const { body, headers } = toModern("tools/call", { name: tool, arguments: args });
  const reply = await to.request({
    method: "POST",
    path: "/mcp",
    headers: {
      ...headers,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(body),
  });
  const text = await reply.body.text();
  const json = text.startsWith("{") ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? "{}");
  const { result, error } = JSON.parse(json) as {
    result?: { isError?: boolean; content?: { text?: string }[] };
    error?: { message?: string };
  };
  if (result === undefined) return `HTTP ${reply.statusCode} ${error?.message ?? ""}`;
  return result.isError === true ? (result.content?.[0]?.text ?? "?") : "ok";
}

/** Whether the gateway's books and ours say the same; else how they differ. */
export async function findImbalance(shop: TwoReplicas): Promise<string | undefined> {
  const { billed } = shop.gateway.books.read();
  const { charged_usd, counted_usd, purchases } = await shop.spend();
  const charged = purchases.filter(({ state }) => state === "charged").length;
  const ours = { calls: charged, micros: Math.round(charged_usd * 1_000_000) };
  if (ours.calls !== billed.calls || ours.micros !== billed.micros) {
    return `the gateway billed ${JSON.stringify(billed)}, our books hold ${JSON.stringify(ours)}`;
  }
  return counted_usd === charged_usd ? undefined : `counted $${counted_usd}, charged $${charged_usd}`;
}
