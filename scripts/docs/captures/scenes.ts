/** What is typed into a terminal, and how much of its output is shown. */
export interface Scene {
  /** Of the file: `docs/images/{name}.svg`. */
  name: string;
  title: string;
  /** With a key at a gateway that has prices; else in the sandbox. */
  isPaid?: boolean;
  /** Commands that come before and are not shown. */
  before?: readonly (readonly string[])[];
  /** The lines beyond `lines` are counted, not shown. */
  commands: readonly { argv: readonly string[]; lines?: number }[];
}

const GET_ACME = ["get", "acme.example", "--limit", "1000"];
const GET_EXAMPLE = ["get", "example.com", "--limit", "1000"];

export const SCENES: readonly Scene[] = [
  {
    name: "get",
    title: "domain-pages-mcp get, in the sandbox",
    commands: [{ argv: ["get", "acme.example", "--limit", "12"] }],
  },
  {
    name: "estimate-and-spend",
    title: "domain-pages-mcp estimate, get and spend, at a gateway with prices",
    isPaid: true,
    commands: [
      { argv: ["estimate", "acme.example", "--limit", "1000"] },
      { argv: GET_ACME, lines: 3 },
      { argv: GET_ACME, lines: 2 },
      { argv: ["spend"] },
    ],
  },
  {
    name: "query",
    title: "domain-pages-mcp query, of what is kept",
    before: [GET_ACME],
    commands: [{ argv: ["query", "acme.example", "--body", '{"status":"broken","min_backlinks":10}'] }],
  },
  {
    name: "compare",
    title: "domain-pages-mcp compare, of two kept answers",
    before: [GET_ACME, GET_EXAMPLE],
    commands: [{ argv: ["compare", "acme.example", "example.com"], lines: 30 }],
  },
  {
    name: "doctor",
    title: "domain-pages-mcp doctor, at a gateway on this machine",
    isPaid: true,
    commands: [{ argv: ["doctor"] }],
  },
];
