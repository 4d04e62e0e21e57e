import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import type { AuthInfo } from "@modelcontextprotocol/server";
import { type Principal, toRights } from "../../access/principal.ts";
import type { Caller } from "./caller.ts";
import type { McpEndpoint } from "./mcp-endpoint.ts";

export interface ServeMcpOptions {
  /** Where clients learn whom to ask for a token; undefined where no issuer is trusted. */
  metadataUrl: string | undefined;
  onPrincipal: (principal: Principal) => void;
  onError: (error: Error) => void;
}

/** The endpoint behind Node's request and response. */
export function createServeMcp(
  endpoint: Pick<McpEndpoint, "fetch">,
  { metadataUrl, onPrincipal, onError }: ServeMcpOptions,
): (req: IncomingMessage, res: ServerResponse, body: unknown, principal: Principal | undefined) => Promise<void> {
  const handle = toNodeHandler(
    {
      fetch: (request, { authInfo, parsedBody } = {}) =>
        endpoint.fetch(request, { parsedBody, caller: toCaller(authInfo) }),
    },
    { onerror: onError },
  );
  return async (req, res, body, principal) => {
    if (principal !== undefined) {
      onPrincipal(principal);
      Object.assign(req, { auth: toAuthInfo(principal, metadataUrl) });
    }
    // Node's type allows a request without a method, which only clients have.
    await handle(req as Parameters<typeof handle>[0], res, body);
  };
}

/** Who is behind a caller; undefined where nobody is told apart. */
export const principalOf = ({ authInfo }: Pick<Caller, "authInfo">): Principal | undefined =>
  authInfo?.extra?.["principal"] as Principal | undefined;

/** The token itself stays outside: nothing in here needs it. */
function toAuthInfo(principal: Principal, metadataUrl: string | undefined): AuthInfo {
  const { name, scopes, expiresAt } = principal;
  return {
    token: "",
    clientId: name,
    scopes: [...scopes],
    ...(expiresAt !== undefined && { expiresAt }),
    ...(metadataUrl !== undefined && { resourceMetadataUrl: metadataUrl }),
    extra: { principal },
  };
}

/** Where nobody is told apart, all are one. */
const NOBODY: Caller = { owner: "local" };

function toCaller(authInfo: AuthInfo | undefined): Caller {
  const principal = authInfo && principalOf({ authInfo });
  return authInfo === undefined || principal === undefined ? NOBODY : { owner: toOwner(principal), authInfo };
}

/** A session lives with the rights it was opened with: where these change, its client has to open another. */
const toOwner = (principal: Principal): string =>
  `${principal.name} ${createHash("sha256").update(toRights(principal)).digest("hex").slice(0, 12)}`;
