/** A question of an analyst with the arguments that answer it. */
export interface Recipe {
  question: string;
  /** `get` fetches (paid with a key); `query` asks what was fetched, for free. */
  tool: "get_domain_pages" | "query_domain_pages";
  /** The tool's arguments, as somebody would write them. A query without `snapshot_id` asks the newest answer of `target`. */
  args: Readonly<Record<string, unknown>>;
  /** Columns of the answer that are shown beside `url`; else the ones that matter most. */
  show?: readonly string[];
  /** What is worth knowing beside it; Markdown. */
  note?: string;
}

export interface RecipeGroup {
  title: string;
  /** Markdown, before the first recipe. */
  intro?: string;
  recipes: readonly Recipe[];
}

const SITE = { target: "acme.example" };

/** A paid call, on the sandbox's largest site unless it names another. */
export const get = (question: string, args: Recipe["args"], more: Partial<Recipe> = {}): Recipe => ({
  question,
  tool: "get_domain_pages",
  args: { ...SITE, ...args },
  ...more,
});

/** A free question to what is kept of that site. */
export const query = (question: string, args: Recipe["args"], more: Partial<Recipe> = {}): Recipe => ({
  question,
  tool: "query_domain_pages",
  args: { ...SITE, ...args },
  ...more,
});
