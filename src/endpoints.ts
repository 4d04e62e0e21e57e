import { AppError } from "./errors.ts";
import type { Endpoint } from "./lists/endpoint.ts";
import { UNNAMED_ENDPOINT } from "./lists/request.ts";
import { DOMAIN_PAGES } from "./pages/domain-pages.ts";

/** THE table of endpoints that this program knows: another one is its folder, and its line here. */
export const ENDPOINTS: readonly Endpoint[] = [DOMAIN_PAGES];

/**
 * @param name as files and books have it
 * @throws {AppError} for that of an endpoint which a later version brought
 */
export function getEndpoint(name: string = UNNAMED_ENDPOINT): Endpoint {
  const found = ENDPOINTS.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new AppError("config", `This version knows no endpoint ${name}.`, { advice: "Update domain-pages-mcp." });
}
