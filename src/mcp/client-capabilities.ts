import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type ServerContext,
} from "@modelcontextprotocol/server";

/**
 * What the client of a request says it can do: in the newer era each request says it, in the older one the connection's
 * opening did.
 * @param declared at the opening; undefined where there was none
 */
export function capabilitiesOf(
  { mcpReq }: ServerContext,
  declared: ClientCapabilities | undefined,
): ClientCapabilities {
  const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {};
  return (envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined) ?? declared ?? {};
}
