import fc from "fast-check";
import type { Snapshot } from "../../../src/lists/snapshot.ts";
import type { PagesRequest } from "../../../src/pages/body.ts";
import { anyFilter } from "../../support/any-filter.ts";
import { hostileText } from "../../support/hostile-text.ts";
import { KEY, makeSnapshot, OTHER_KEY } from "./make-snapshot.ts";

const request: fc.Arbitrary<PagesRequest> = fc.record(
  {
    // As requests have it; anything else in a file is damage.
    target: fc.stringMatching(/^[a-z0-9._-]{1,40}$/),
    limit: fc.integer({ min: 1, max: 1000 }),
    filters: anyFilter("pages"),
    backlinks_filters: anyFilter("backlinks"),
    order_by: fc.array(fc.record({ field: fc.string(), direction: fc.constantFrom("asc", "desc") }), { maxLength: 3 }),
    include_subdomains: fc.boolean(),
    tag: hostileText,
  },
  { requiredKeys: ["target"] },
);

// JSON has no negative zero.
const usd = fc.double({ min: 0, max: 1000, noNaN: true });
const items = fc.oneof(
  fc.array(fc.jsonValue(), { maxLength: 8 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  fc.constantFrom(null, undefined, "odd", {}),
);

/** Any snapshot that could come of an answer. */
export const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    items,
    taskId: fc.string(),
    source: fc.constantFrom("aisa" as const, "sandbox" as const, "import" as const),
    request,
    requestKey: fc.constantFrom(KEY, OTHER_KEY),
    fetchedAt: fc.option(fc.integer({ min: 0, max: 4e12 })),
    totalCount: fc.option(fc.nat()),
    upstreamCostUsd: fc.option(usd),
    charge: fc.oneof(
      usd.map((each) => ({ kind: "reported" as const, usd: each })),
      fc.constantFrom({ kind: "not_reported" as const }, { kind: "none" as const }),
    ),
  })
  .map(makeSnapshot);
