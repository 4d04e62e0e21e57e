/** What a room may import of another: everything, or the files named. */
type Hold = "all" | readonly string[];

interface Room {
  /** What is in it, in one line, as the page about the house says it. */
  says: string;
  /** The rooms that it may import, and how much of each. */
  knows: Readonly<Record<string, Hold>>;
  /** Files of `src/` itself that it may import. */
  files?: readonly string[];
  /** The packages that no other room imports. */
  owns?: readonly string[];
  /** Modules of Node that it may not import; all others it may. */
  without?: readonly string[];
}

const IMPURE = [
  "node:fs",
  "node:fs/**",
  "node:http",
  "node:https",
  "node:net",
  "node:process",
  "node:timers",
  "node:timers/**",
];
const ALL_OF_NODE = ["node:*", "node:*/**"];
const WORDS = ["errors.ts", "log.ts"];
/** The tables that stand above the domain: of the tools, which all name, and of the endpoints, whose rooms it knows. */
const TABLES = ["tools.ts", "endpoints.ts"];

/**
 * The one table of the rooms of `src/`, from the edge inwards. The linter's arrows (`biome.rooms.json`) and the table of
 * docs/architecture.md are made from it: `npm run docs`. A room that is not named here may not be imported by any that is.
 */
export const ROOMS: Readonly<Record<string, Room>> = {
  cli: {
    says: "the commands of `domain-pages-mcp`: a command is a file",
    knows: {
      compose: "all",
      config: "all",
      access: "all",
      mcp: "all",
      serve: "all",
      sandbox: "all",
      spend: "all",
      store: "all",
      upstream: "all",
      pages: "all",
      lists: "all",
      view: ["view-page.ts"],
    },
    files: [...WORDS, ...TABLES, "version.ts", "secrets.ts"],
  },
  compose: {
    says: "builds every object once, and picks the live gateway or the sandbox",
    knows: {
      config: "all",
      access: "all",
      mcp: "all",
      serve: "all",
      sandbox: "all",
      spend: "all",
      store: "all",
      upstream: "all",
      redis: "all",
      metrics: "all",
      threads: "all",
      view: ["view-page.ts"],
      pages: "all",
      lists: "all",
    },
    files: [...WORDS, ...TABLES, "version.ts", "secrets.ts"],
  },
  config: { says: "one schema of settings; flags, documents and manifests come from it", knows: {}, files: WORDS },
  mcp: {
    says: "the protocol: `tools/`, `http/`, resources and prompts",
    knows: { pages: "all", lists: "all", access: ["principal.ts"] },
    files: [...WORDS, ...TABLES, "version.ts"],
    owns: ["@modelcontextprotocol/**"],
  },
  library: {
    says: "the domain for other programs: `domain-pages-mcp/pages`",
    knows: { pages: "all", lists: "all", upstream: ["envelope.ts"] },
    files: ["errors.ts"],
    without: ALL_OF_NODE,
  },
  upstream: {
    says: "the road to the paid endpoint, and how its replies are read",
    knows: { lists: "all" },
    files: [...WORDS, "endpoints.ts", "secrets.ts"],
    owns: ["undici"],
  },
  sandbox: {
    says: "the same endpoint, embedded; `faults/` on demand",
    knows: { pages: "all", lists: "all", upstream: ["wire.ts"] },
    files: [...WORDS],
  },
  spend: {
    says: "money: quotes, caps, one purchase at a time, the ledger",
    knows: { lists: "all", disk: "all" },
    files: WORDS,
  },
  store: {
    says: "what is kept, as files of one folder or in memory",
    knows: { lists: "all", disk: "all" },
    files: [...WORDS, "endpoints.ts"],
  },
  redis: {
    says: "what replicas share: the ports of store, spend, serve and sessions over Redis",
    knows: {
      store: "all",
      spend: "all",
      lists: "all",
      mcp: ["http/session-records.ts"],
      serve: ["rate-limit.ts"],
      upstream: ["wire.ts"],
    },
    files: WORDS,
    owns: ["ioredis"],
  },
  disk: { says: "turns among processes, and what outlives a power cut", knows: {} },
  access: { says: "who a caller is: tokens and JWTs", knows: { disk: "all" }, files: WORDS, owns: ["jose"] },
  serve: { says: "the HTTP listener with its guards", knows: { access: ["principal.ts"] }, files: WORDS },
  metrics: { says: "what is counted", knows: {}, owns: ["prom-client"] },
  threads: {
    says: "work whose length a caller decides, off the main thread",
    knows: { lists: ["filters/match-texts.ts"] },
    files: WORDS,
  },
  pages: {
    says: "the list of pages, pure: what a question to it can ask (`query/`), answer, findings, compare, estimate, export, redirects, view data",
    knows: { lists: "all" },
    files: ["errors.ts", "tools.ts"],
    without: IMPURE,
  },
  lists: {
    says: "one engine for any list of this family, pure: requests, snapshots, filters, free questions (`query/`), budgets, text, tokens",
    knows: {},
    files: ["errors.ts", "tools.ts"],
    without: IMPURE,
  },
  view: {
    says: "the page that hosts show: it runs in a browser; `view-page.ts` is the server's only hold on it",
    knows: { pages: ["view/view-data.ts"] },
    without: ALL_OF_NODE,
  },
};

/** What stands in `src/` itself. `main.ts` starts everything, so that nothing may import it. */
const ROOT_FILES = ["errors.ts", "log.ts", "secrets.ts", "version.ts", "tools.ts", "endpoints.ts", "main.ts"];
const OWNED = Object.values(ROOMS).flatMap(({ owns = [] }) => owns);
/** The server's rooms meet the page at this file alone; `pages/view/` is another folder, whose files are not meant here. */
const VIEW_FOR_OTHERS = "**/view/view-page.ts";

/** What a linter's rule refuses, with the words that it says. */
interface Refused {
  group: string[];
  message: string;
}

/** The rules of one room: what it may not import at all, and of which rooms it may import single files only. */
function toRefused(name: string, { knows, files = [], owns = [], without = [] }: Room): Refused[] {
  const others = Object.keys(ROOMS).filter((other) => other !== name);
  const closed = others
    .filter((other) => knows[other] === undefined && other !== "view")
    .map((other) => `**/${other}/**`);
  const view = name === "view" || knows["view"] !== undefined ? [] : [VIEW_FOR_OTHERS];
  const rootFiles = ROOT_FILES.filter((file) => !files.includes(file)).map((file) => `**/${file}`);
  const packages = OWNED.filter((each) => !owns.includes(each));
  const known = Object.keys(knows).length === 0 ? "no other room" : Object.keys(knows).join(", ");
  const refused = [
    {
      group: [...closed, ...view, ...rootFiles],
      message: `${name} knows ${known}; everything else arrives as an argument.`,
    },
    { group: [...packages, ...without], message: `${name} is not the room of this package or module of Node.` },
  ];
  for (const [other, hold] of Object.entries(knows)) {
    if (hold === "all" || other === "view") continue;
    const group = [`**/${other}/**`, ...hold.map((file) => `!**/${other}/${file}`)];
    refused.push({ group, message: `Of ${other}, ${name} knows ${hold.join(" and ")}, and nothing else.` });
  }
  return refused;
}

const toOverride = (includes: string, patterns: Refused[]) => ({
  includes: [includes],
  linter: { rules: { style: { noRestrictedImports: { level: "error", options: { patterns } } } } },
});

/** The linter's part of the table, a room a line: `biome.json` extends it. */
export function renderArrows(): string {
  const everything = Object.keys(ROOMS).map((name) => `**/${name}/**`);
  const overrides = [
    ...Object.entries(ROOMS).map(([name, room]) => toOverride(`src/${name}/**`, toRefused(name, room))),
    toOverride("src/view/view-page.ts", [
      {
        group: [...OWNED, "node:*", "!node:fs/promises", "./**", "../**", ...everything],
        message: "view-page.ts reads one file: it is the server's only hold on view.",
      },
    ]),
  ];
  return `{\n  "overrides": [\n    ${overrides.map((each) => JSON.stringify(each)).join(",\n    ")}\n  ]\n}\n`;
}

/** The rooms as a table: what is in each, and what it may import. */
export function roomsTable(): string {
  const toKnown = ([other, hold]: [string, Hold]) => (hold === "all" ? other : `${other} (${hold.join(", ")})`);
  const rows = Object.entries(ROOMS).map(([name, { says, knows, owns = [] }]) => {
    const packages = owns.map((each) => `\`${each.replace("/**", "")}\``).join(", ");
    return `| \`${name}/\` | ${says} | ${Object.entries(knows).map(toKnown).join(", ") || "–"} | ${packages} |`;
  });
  return ["| Room | What is in it | May import | Alone has |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
