import type { Scope } from "../access/principal.ts";
import { AppError } from "../errors.ts";
import type { App } from "./app.ts";

/**
 * Takes away what a caller's scopes do not allow. The protocol's edge refuses such calls before they come here, with a
 * challenge that clients understand; this is the wall behind it.
 */
export function withinScopes(app: App, scopes: ReadonlySet<Scope>): App {
  const buying = scopes.has("pages:read")
    ? {}
    : { getPages: refuse("pages:read"), estimatePages: refuse("pages:read") };
  if (scopes.has("snapshots:read")) return { ...app, ...buying };
  const closed = refuse("snapshots:read");
  return {
    ...app,
    ...buying,
    findSnapshot: closed,
    queryPages: closed,
    comparePages: closed,
    // Empty rather than refused: lists of resources belong to every session.
    snapshots: { get: closed, gone: closed, list: async () => [] },
  };
}

const refuse = (scope: Scope) => async (): Promise<never> => {
  throw new AppError("rejected", `This needs the scope ${scope}, which your token does not have.`, {
    charge: "not_charged",
    advice: "Ask whoever runs the server for a token with that scope.",
  });
};
