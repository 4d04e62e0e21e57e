import { describe, expect, it } from "vitest";
import type { Scope } from "../../../src/access/principal.ts";
import { withinScopes } from "../../../src/compose/use-cases.ts";
import { AppError } from "../../../src/errors.ts";
import { createSandboxWire } from "../../../src/sandbox/gateway.ts";
import { createWorld } from "../../../src/sandbox/world.ts";
import { serviceOver } from "../../support/service-over.ts";

const CALLER = { signal: new AbortController().signal, surface: "mcp" } as const;
const TARGET = { target: "acme.example" };

/** Which uses are open to a caller with these scopes, after somebody of the same tenant has bought. */
async function openTo(...scopes: Scope[]) {
  const app = await serviceOver(createSandboxWire(createWorld()));
  const { snapshotId } = await app.getPages(TARGET, CALLER);
  const narrowed = withinScopes(app, new Set(scopes));
  const attempts = {
    getPages: () => narrowed.getPages(TARGET, CALLER),
    estimatePages: () => narrowed.estimatePages(TARGET, CALLER),
    queryPages: () => narrowed.queryPages({ snapshot_id: snapshotId }, { surface: "mcp" }),
    comparePages: () =>
      narrowed.comparePages({ target: "acme.example", other_target: "acme.example" }, { surface: "mcp" }),
    findSnapshot: () => narrowed.findSnapshot({ snapshotId }),
    get: () => narrowed.snapshots.get(snapshotId),
    gone: () => narrowed.snapshots.gone(snapshotId),
  };
  const open: string[] = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    const refusal = await attempt().then(
      () => undefined,
      (error: unknown) => (error instanceof AppError && error.kind === "rejected" ? error : undefined),
    );
    if (refusal === undefined) open.push(name);
    else expect(refusal.message).toMatch(/^This needs the scope (?:pages|snapshots):read, which your token does not/);
  }
  return { open, listed: (await narrowed.snapshots.list()).length };
}

describe("what a caller's scopes allow", () => {
  it("is all with both", async () => {
    const { open, listed } = await openTo("pages:read", "snapshots:read");
    expect(open).toHaveLength(7);
    expect(listed).toBe(1);
  });

  it("is buying with pages:read", async () => {
    expect(await openTo("pages:read")).toEqual({ open: ["getPages", "estimatePages"], listed: 0 });
  });

  it("is reading with snapshots:read", async () => {
    const open = ["queryPages", "comparePages", "findSnapshot", "get", "gone"];
    expect(await openTo("snapshots:read")).toEqual({ open, listed: 1 });
  });

  it("is nothing without any that matters here", async () => {
    expect(await openTo("metrics:read")).toEqual({ open: [], listed: 0 });
  });
});
