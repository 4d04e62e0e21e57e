import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { createToken, type HttpProcess, startHttp } from "./http-start.ts";
import { PRICES } from "./open-shop.ts";
import { type RedisServer, startRedisServer } from "./redis-server.ts";
import { makeTempFolder } from "./temp-home.ts";

/** Two built services that share a Redis, a file of tokens and a gateway that keeps books of its own. */
export interface TwoReplicas {
  redis: RedisServer;
  gateway: SandboxServer;
  replicas: [HttpProcess, HttpProcess];
  /** Makes a token that both take. */
  token(name: string, ...options: string[]): Promise<string>;
  /** Today's books, as the command line tells them. */
  spend(): Promise<SpendJson>;
  close(): Promise<void>;
}

/** What of `spend --json` is looked at here. */
export interface SpendJson {
  counted_usd: number;
  charged_usd: number;
  open_usd: number;
  accounts: { account: string | null; counted_usd: number }[];
  purchases: { state: string; target: string; counted_usd: number; account?: string }[];
}

export interface TwoReplicasOptions {
  env?: Record<string, string>;
  /** Another gateway than the sandbox's. */
  baseUrl?: string;
}

export async function startTwoReplicas({ env = {}, baseUrl }: TwoReplicasOptions = {}): Promise<TwoReplicas> {
  const redis = await startRedisServer();
  const gateway = await serveSandbox({ world: createWorld(), port: 0, prices: PRICES });
  const home = makeTempFolder();
  const settings = {
    HOME: home,
    AISA_API_KEY: "sk-aisa-replicas",
    AISA_BASE_URL: baseUrl ?? `${gateway.origin}/apis/v1`,
    DOMAIN_PAGES_STORE: redis.url,
    DOMAIN_PAGES_HTTP_TOKENS_FILE: `${home}/tokens.json`,
    DOMAIN_PAGES_HTTP_CALLS_PER_MINUTE: "100000",
    DOMAIN_PAGES_LOG_LEVEL: "info",
    ...env,
  };
  // A file that was asked for has to be there at the start.
  await createToken({ env: settings }, "first");
  const replicas: [HttpProcess, HttpProcess] = [await startHttp(settings), await startHttp(settings)];
  return {
    redis,
    gateway,
    replicas,
    token: (name, ...options) => createToken({ env: settings }, name, ...options),
    async spend() {
      const { code, stdout, stderr } = await replicas[0].run("spend", "--json");
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as SpendJson;
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await Promise.all([gateway.close(), redis.close()]);
    },
  };
}
