import type { ClientUnderTest, Transport, Variant } from "../clients.ts";
import type { Seen, SeenAnswer } from "./judge.ts";

/** One conversation with a client, as the table needs it. */
export interface SeenConversation {
  client: ClientUnderTest;
  version: string;
  variant: Variant;
  transport: Transport;
  seen: Seen;
  note: string;
}

const HEAD = [
  "| Client | Transport | Protocol | Model API | Tools: tokens | Schemas | The answer arrives as | Answer: tokens | Follow-up: tokens | Refusal |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
];

const INTRODUCTION = `# What each client's model is shown

Written by \`npm run test:clients -- --update\`, reviewed by people; a run that sees anything else fails. Every client
follows one script against the built server on its sandbox: it lists the tools, calls \`get_domain_pages\` for 100 pages,
reads the \`snapshot_id\` in what it was shown, asks \`query_domain_pages\` for the broken pages, names a field that does
not exist, and says its last words. A local stand-in for the model's API follows the script and keeps what it was shown;
"no model" is a client that hands everything to its caller. In every row all four tools with all their fields, the whole
answer, the whole follow-up and the whole refusal arrived, held against what the server sent in the same conversation; a
row where anything was lost cannot be written.

Tokens are o200k_base, ids and times replaced by fixed ones; a row's tokens are those of the tool list and of the results
as they stood in the request to the model. "In JSON" means that the form came wrapped in other JSON, "in words" that words
of the framework stand around it. "OpenAI refuses it" is what its API answers to a strict tool that has a place without a
type, as public reports have it. The \`items\` of \`filters\` are such a place on purpose: every schema that says more of
them is spoiled by one of the other clients. The stand-in does not refuse, so that the rest is seen.`;

/** The table's rows, one for what was the same over both transports. */
export function renderRows(conversations: readonly SeenConversation[]): string[] {
  const rows = new Map<string, { first: SeenConversation; transports: Transport[] }>();
  for (const conversation of conversations) {
    const { client, variant, seen, note } = conversation;
    const key = JSON.stringify([client.name, variant.name, seen, note]);
    const row = rows.get(key) ?? { first: conversation, transports: [] };
    row.transports.push(conversation.transport);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ first, transports }) => renderRow(first, transports));
}

function renderRow({ client, version, variant, seen, note }: SeenConversation, transports: Transport[]): string {
  const cells = [
    `${client.title} ${version || variant.name}${version && variant.name && `, ${variant.name}`}`,
    transports.join(", "),
    seen.revision,
    variant.api === "none" ? "no model" : variant.api,
    String(seen.toolTokens),
    [renderSchemas(seen), note].filter(Boolean).join("; "),
    renderForm(seen.answer),
    String(seen.answer.tokens),
    String(seen.followUp.tokens),
    renderForm(seen.error),
  ];
  return `| ${cells.join(" | ")} |`;
}

const renderForm = ({ form, wrapping }: SeenAnswer): string => (wrapping === "none" ? form : `${form}, in ${wrapping}`);

function renderSchemas({ schemas, descriptions, sendsNulls, untypedStrict }: Seen): string {
  const all = Object.values(schemas);
  const parts = (["lost", "changed", "added"] as const).map((what) => {
    const counted = countKeywords(all.flatMap((changes) => changes[what]));
    return counted && `${what}: ${counted}`;
  });
  return (
    [
      ...parts,
      descriptions.length > 0 && `descriptions changed: ${descriptions.join(", ")}`,
      sendsNulls && "null is sent for what the model leaves out",
      untypedStrict.length > 0 && `**OpenAI refuses it**: strict; places without a type: ${untypedStrict.length}`,
    ]
      .filter(Boolean)
      .join("; ") || "kept"
  );
}

/** @param places such as `limit.default` */
function countKeywords(places: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const place of places) {
    const keyword = `\`${place.slice(place.lastIndexOf(".") + 1)}\``;
    counts.set(keyword, (counts.get(keyword) ?? 0) + 1);
  }
  return [...counts].map(([keyword, count]) => (count === 1 ? keyword : `${keyword} × ${count}`)).join(", ");
}

/** Every place that was not kept, by client and tool. */
function renderPlaces(conversations: readonly SeenConversation[]): string[] {
  const lines = conversations.flatMap(({ client, variant, seen }) =>
    Object.entries(seen.schemas).map(([tool, { lost, changed, added }]) => {
      const parts = Object.entries({ lost, changed, added }).filter(([, places]) => places.length > 0);
      const told = parts.map(([what, places]) => `${what} ${places.map((place) => `\`${place}\``).join(", ")}`);
      return `- ${[client.title, variant.name].filter(Boolean).join(", ")}: \`${tool}\`: ${told.join("; ")}`;
    }),
  );
  return [...new Set(lines)];
}

/** The whole file. */
export function renderSeen(conversations: readonly SeenConversation[]): string {
  const places = renderPlaces(conversations);
  const table = [...HEAD, ...renderRows(conversations)].join("\n");
  return `${[INTRODUCTION, table, "## Where schemas differ from the advertised ones", places.join("\n")].join("\n\n")}\n`;
}
