import type { Config } from "../config/schema.ts";
import type { ComparePages } from "../pages/compare/compare-pages.ts";
import type { QueryPages } from "../pages/query/query-pages.ts";
import type { FindSnapshot } from "../pages/snapshot/find-snapshot.ts";
import type { ReadSnapshots } from "../pages/snapshot/snapshot.ts";

/** What is free: questions to what is kept. No upstream is in it. */
export interface Reader {
  findSnapshot: FindSnapshot;
  queryPages: QueryPages;
  comparePages: ComparePages;
}

/** Each part is loaded when it is first asked for. */
export function createReader({ answerTokens: maxTokens }: Config, snapshots: ReadSnapshots, now: () => number): Reader {
  const findSnapshot: FindSnapshot = async (...args) => {
    const { createFindSnapshot } = await import("../pages/snapshot/find-snapshot.ts");
    return createFindSnapshot({ snapshots })(...args);
  };
  return {
    findSnapshot,
    queryPages: async (...args) => {
      const { createQueryPages } = await import("../pages/query/query-pages.ts");
      return createQueryPages({ findSnapshot, maxTokens, now })(...args);
    },
    comparePages: async (...args) => {
      const { createComparePages } = await import("../pages/compare/compare-pages.ts");
      return createComparePages({ findSnapshot, maxTokens })(...args);
    },
  };
}
