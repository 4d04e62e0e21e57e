import packageJson from "../package.json" with { type: "json" };

/** The product's name and version, from the one place that holds them. */
export const PRODUCT = { name: packageJson.name, version: packageJson.version } as const;

/** What people read where hosts show the server. */
export const DISPLAY_NAME = "Domain pages with backlinks";
