import packageJson from "../package.json" with { type: "json" };

/** The product's name and version, from the one place that holds them. */
export const PRODUCT = { name: packageJson.name, version: packageJson.version } as const;

/** What people read where hosts show the server. */
export const DISPLAY_NAME = "Domain pages with backlinks";

/** The versions of Node it runs on, as the package declares them: `>=20.18.1`. */
export const NODE_RANGE = packageJson.engines.node;

/** @param version of Node, such as `20.18.1` */
export function isSupportedNode(version: string): boolean {
  const parse = (text: string) => text.split(".").map((part) => Number.parseInt(part, 10));
  const have = parse(version);
  for (const [index, least] of parse(NODE_RANGE.replace(/^>=/, "")).entries()) {
    const difference = (have[index] ?? 0) - least;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
