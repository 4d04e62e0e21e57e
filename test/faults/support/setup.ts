import { type Books, createBooks } from "../../../src/sandbox/gateway.ts";
import { type SandboxServer, serveSandbox } from "../../../src/sandbox/http-face.ts";
import { createWorld } from "../../../src/sandbox/world.ts";
import { makeTempFolder } from "../../support/temp-home.ts";

export const KEY = "sk-aisa-faults-0123456789abcdef";
export const PRICES = { perCallUsd: 0.024, perPageUsd: 0.000036 };
export const TIMEOUT_MS = 1000;

/** One world for all: it is the same in each, and never written to. */
export const WORLD = createWorld();

/** A sandbox over HTTP, a folder, and the settings with which processes of the product meet over both. */
export interface Setup {
  sandbox: SandboxServer;
  /** `AISA_BASE_URL`. */
  baseUrl: string;
  folder: string;
  env: Record<string, string>;
  /** Settles when the gateway has entered the next call in its books: whatever it answers is still to be sent. */
  nextEntry(): Promise<void>;
}

export interface SetupOptions {
  budgetUsd: number;
  retryMs: number;
  env?: Record<string, string>;
}

export async function openSetup({ budgetUsd, retryMs, env = {} }: SetupOptions): Promise<Setup> {
  const { books, nextEntry } = createTellingBooks();
  const sandbox = await serveSandbox({ world: WORLD, port: 0, prices: PRICES, books });
  const folder = makeTempFolder();
  const baseUrl = `${sandbox.origin}/apis/v1`;
  return {
    sandbox,
    baseUrl,
    folder,
    nextEntry,
    env: {
      AISA_API_KEY: KEY,
      AISA_BASE_URL: baseUrl,
      DOMAIN_PAGES_CACHE_DIR: folder,
      DOMAIN_PAGES_DAILY_BUDGET_USD: String(budgetUsd),
      DOMAIN_PAGES_MAX_PRICE_USD: "0.05",
      DOMAIN_PAGES_TIMEOUT_MS: String(TIMEOUT_MS),
      DOMAIN_PAGES_RETRY_MS: String(retryMs),
      DOMAIN_PAGES_MAX_REPLY_MB: "1",
      // The pace is not what these tests are about.
      DOMAIN_PAGES_CALLS_PER_MINUTE: "10000",
      DOMAIN_PAGES_CALLS_AT_ONCE: "50",
      DOMAIN_PAGES_LOG_LEVEL: "debug",
      ...env,
    },
  };
}

function createTellingBooks(): { books: Books; nextEntry: () => Promise<void> } {
  const books = createBooks();
  let waiting: (() => void)[] = [];
  return {
    books: {
      read: books.read,
      enter(...entry) {
        books.enter(...entry);
        const told = waiting;
        waiting = [];
        for (const tell of told) tell();
      },
    },
    nextEntry: () => new Promise((resolve) => waiting.push(resolve)),
  };
}
