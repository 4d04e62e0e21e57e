import { Gauge, type Registry } from "prom-client";

/** Read when somebody looks; undefined or a failure leaves the gauge out of that answer. */
export interface GaugeReaders {
  /** USD that may still be spent today, by all. */
  budgetLeftUsd: () => Promise<number | undefined>;
  /** USD that may still be spent today, by principal; those past the bound are left out. */
  principalBudgetsLeftUsd: () => Promise<ReadonlyMap<string, number>>;
  openConnections: () => number;
  liveSessions: () => number;
  isCircuitOpen: () => boolean;
  isStoreReady: () => Promise<boolean>;
}

/** A series each; an operator who has more people than that reads the ledger. */
const MAX_PRINCIPALS = 100;

interface GaugeDeps {
  registry: Registry;
  prefix: string;
  read: GaugeReaders;
  /** A gauge that could not be read. */
  onProblem: (name: string, error: unknown) => void;
}

/** Registers the gauges; they hold nothing between two looks. */
export function registerGauges({ registry, prefix, read, onProblem }: GaugeDeps): void {
  const add = (name: string, help: string, readValue: () => Promise<number | undefined> | number) => {
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers: [registry],
      async collect() {
        this.reset();
        // A gauge without labels shows 0 after a reset, and 0 would be an answer.
        this.remove();
        const value = await attempt(name, readValue);
        if (value !== undefined) this.set(value);
      },
    });
  };
  const attempt = async <T>(name: string, readValue: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await readValue();
    } catch (error) {
      onProblem(`${prefix}${name}`, error);
      return undefined;
    }
  };

  add("budget_left_usd", "US dollars that may still be spent today (UTC), by all.", read.budgetLeftUsd);
  add("open_connections", "Connections that are open, for any purpose.", read.openConnections);
  add("live_sessions", "Sessions of older clients that are open on this replica.", read.liveSessions);
  add("circuit_open", "1 while the upstream is not called because it failed too often.", () =>
    Number(read.isCircuitOpen()),
  );
  add("store_ready", "1 while snapshots can be kept and read.", async () => Number(await read.isStoreReady()));
  new Gauge({
    name: `${prefix}principal_budget_left_usd`,
    help: `US dollars that a principal may still spend today (UTC); the first ${MAX_PRINCIPALS} that have a budget.`,
    labelNames: ["principal"],
    registers: [registry],
    async collect() {
      this.reset();
      const left = await attempt("principal_budget_left_usd", read.principalBudgetsLeftUsd);
      for (const [principal, usd] of [...(left ?? [])].slice(0, MAX_PRINCIPALS)) this.set({ principal }, usd);
    },
  });
}
