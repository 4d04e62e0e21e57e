import type { Scope } from "./principal.ts";

/** Where clients get tokens for this server. Field names as RFC 9728 section 2 has them. */
export interface ResourceMetadata {
  resource: string;
  authorization_servers?: string[];
  scopes_supported: Scope[];
  bearer_methods_supported: ["header"];
  resource_name: string;
}

/**
 * @param resource the URL of this server as clients type it; what they ask for as the audience of their tokens
 * @param issuer left out where only static tokens are taken
 */
export const toResourceMetadata = ({
  resource,
  issuer,
  scopes,
}: {
  resource: string;
  issuer?: string;
  scopes: readonly Scope[];
}): ResourceMetadata => ({
  resource,
  ...(issuer === undefined ? {} : { authorization_servers: [issuer] }),
  scopes_supported: [...scopes],
  bearer_methods_supported: ["header"],
  resource_name: "domain-pages-mcp",
});

/**
 * Where the metadata of a resource is served: between host and path, as RFC 9728 section 3.1 has it.
 * @returns path and query: `https://seo.example/mcp` → `/.well-known/oauth-protected-resource/mcp`
 */
export function toMetadataPath(resourceUrl: string): string {
  const { pathname, search } = new URL(resourceUrl);
  return `/.well-known/oauth-protected-resource${pathname === "/" ? "" : pathname}${search}`;
}
