import envPaths from "env-paths";

/** Where the platform wants a program's files: `cache` may be deleted at any time, `data` may not. */
export interface Folders {
  cache: string;
  data: string;
}

/** The folders of this user; nothing is created. */
export function defaultFolders(): Folders {
  const { cache, data } = envPaths("domain-pages-mcp", { suffix: "" });
  return { cache, data };
}
