import { AppError } from "./errors.ts";
import type { Endpoint, EndpointWork } from "./lists/endpoint.ts";
import { UNNAMED_ENDPOINT } from "./lists/request.ts";
import type { Snapshot } from "./lists/snapshot.ts";
import { DOMAIN_PAGES } from "./pages/domain-pages.ts";

interface Known {
  endpoint: Endpoint;
  load: () => Promise<EndpointWork>;
}

/** THE table of endpoints that this program knows: another one is its folder, and its line here. */
const TABLE: readonly [Known, ...Known[]] = [
  { endpoint: DOMAIN_PAGES, load: async () => (await import("./pages/pages-work.ts")).PAGES_WORK },
];

const [FIRST, ...OTHERS] = TABLE;

export const ENDPOINTS: readonly [Endpoint, ...Endpoint[]] = [
  FIRST.endpoint,
  ...OTHERS.map(({ endpoint }) => endpoint),
];

/**
 * @param name as files and books have it
 * @throws {AppError} for that of an endpoint which a later version brought
 */
export const getEndpoint = (name: string = UNNAMED_ENDPOINT): Endpoint => getKnown(name).endpoint;

/**
 * What is made of a snapshot.
 * @throws {AppError} as `getEndpoint`
 */
export const loadWork = ({ endpoint }: Pick<Snapshot, "endpoint">): Promise<EndpointWork> => getKnown(endpoint).load();

function getKnown(name: string): Known {
  const found = TABLE.find(({ endpoint }) => endpoint.name === name);
  if (found !== undefined) return found;
  throw new AppError("config", `This version knows no endpoint ${name}.`, { advice: "Update domain-pages-mcp." });
}
