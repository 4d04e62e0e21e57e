import {
  type CompleteResourceTemplateCallback,
  type ListResourcesResult,
  type McpServer,
  type ReadResourceResult,
  type ResourceMetadata,
  ResourceNotFoundError,
  ResourceTemplate,
  type Variables,
} from "@modelcontextprotocol/server";
import type { EndpointWork } from "../lists/endpoint.ts";
import { SNAPSHOTS_URI, type SnapshotFile, toFileUri, toSummaryUri } from "../lists/export-files.ts";
import { type KeptReplies, toReplyUri } from "../lists/kept-reply.ts";
import type { ReadSnapshots, Snapshot, SnapshotInfo } from "../lists/snapshot.ts";
import { countOf, formatMinute, toOneLine } from "../lists/text.ts";
import type { Log } from "../log.ts";
import { FIELDS_URI, SNAPSHOT_FILE_NAMES, SNAPSHOT_FILES, toPageUri } from "../pages/export/snapshot-files.ts";
import { TOOLS } from "../tools.ts";
import { QueryTemplate, readPart, toPieces, withResourceErrors } from "./read-part.ts";

export interface ResourceDeps {
  snapshots: ReadSnapshots;
  /** Left out where none are kept. */
  replies?: Pick<KeptReplies, "get">;
  /** Of whichever endpoint it is. */
  findSnapshot: (ref: { snapshotId: string }) => Promise<Snapshot>;
  log: Log;
}

const ID = "{snapshot_id}";

/** Of each the beginning of its file is read. Older ones are found by their target. */
const MAX_IN_LIST = 1000;

const SNAPSHOT_LIST = {
  title: "Kept snapshots",
  description: `Kept snapshots, the newest ${MAX_IN_LIST}, as CSV: id, target, time, pages, charge, request. Free.`,
  mimeType: "text/csv",
};

const FIELDS = {
  title: "Filter language",
  description: "All fields with their types, the operators of each type, grammar and examples. Free.",
  mimeType: "text/markdown",
};

const SUMMARY = {
  title: "Summary of a snapshot",
  description: `One snapshot as ${TOOLS.get.name} condensed it: coverage, table, findings, sections. Free.`,
  mimeType: "text/plain",
};

const PAGE = {
  title: "One page of a snapshot",
  description: "Everything that came for one page, by its handle (p1, p2, …), as JSON. Free.",
  mimeType: "application/json",
};

const REPLY = {
  title: "A paid reply that could not be read",
  description: "What the gateway sent, as it came, behind a line that says what was asked. Free.",
  mimeType: "text/plain",
};

const ANY_FILE = {
  title: "Any file of a snapshot",
  description: `${SNAPSHOT_FILE_NAMES.map((name) => `${name}: ${SNAPSHOT_FILES[name].says}`).join(" ")} Free.`,
};

interface Resource {
  name: string;
  /** What is in braces is completed; without any it is one resource, else a template. */
  uri: string;
  about: ResourceMetadata & { title: string; description: string };
  read: (deps: ResourceDeps, uri: URL, named: Variables) => Promise<ReadResourceResult>;
  /** What of it a listing names. */
  list?: (deps: ResourceDeps) => Promise<ListResourcesResult>;
}

/** THE table of resources: everything that was fetched, and the filter language. Files of a snapshot have a table of their own. */
export const RESOURCES: readonly Resource[] = [
  { name: "fields", uri: FIELDS_URI, about: FIELDS, read: (_deps, uri) => readFields(uri) },
  { name: "snapshots", uri: SNAPSHOTS_URI, about: SNAPSHOT_LIST, read: readList },
  { name: "snapshots_from", uri: `${SNAPSHOTS_URI}{?offset}`, about: SNAPSHOT_LIST, read: readList },
  {
    name: "snapshot",
    uri: toSummaryUri(ID),
    about: SUMMARY,
    read: async (deps, uri, named) => readSummary(uri, await findNamed(deps, named)),
    list: ({ snapshots }) => listSnapshotResources(snapshots),
  },
  {
    name: "snapshot_page",
    uri: toPageUri(ID, "{handle}"),
    about: PAGE,
    read: async (deps, uri, named) => readPage(uri, await findNamed(deps, named), readName(named, "handle")),
  },
  { name: "reply", uri: toReplyUri("{reply_id}"), about: REPLY, read: readReply },
  ...SNAPSHOT_FILE_NAMES.flatMap((name): Resource[] => {
    const { title, says, mimeType, isNamed }: SnapshotFile<never> = SNAPSHOT_FILES[name];
    if (isNamed !== true) return [];
    return [
      {
        name: name.replace(".", "_"),
        uri: toFileUri(ID, name),
        about: { title, description: `${says} Free.`, mimeType },
        read: (deps, uri, named) => readFile(deps, uri, named, name),
      },
    ];
  }),
  {
    name: "snapshot_file",
    uri: toFileUri(ID, "{file}"),
    about: ANY_FILE,
    read: (deps, uri, named) => readFile(deps, uri, named, readName(named, "file")),
  },
];

/** Registers all of them: free, and nothing is lost. */
export function registerResources(server: McpServer, deps: ResourceDeps): void {
  const { snapshots, log } = deps;
  const complete = { snapshot_id: completeIds(snapshots), handle: completeHandles(snapshots), file: completeFiles };
  for (const { name, uri, about, read, list } of RESOURCES) {
    const readGuarded = withResourceErrors((at: URL, named: Variables) => read(deps, at, named), log);
    if (uri.includes("{")) {
      const offer = list === undefined ? undefined : () => list(deps);
      const template = new ResourceTemplate(new QueryTemplate(uri), { list: offer, complete });
      server.registerResource(name, template, about, readGuarded);
    } else server.registerResource(name, uri, about, (at) => readGuarded(at, {}));
  }
}

const findNamed = ({ findSnapshot }: ResourceDeps, named: Variables): Promise<Snapshot> =>
  findSnapshot({ snapshotId: readName(named, "snapshot_id") });

async function readFile(deps: ResourceDeps, uri: URL, named: Variables, name: string): Promise<ReadResourceResult> {
  const snapshot = await findNamed(deps, named);
  const { files } = await loadWork(snapshot);
  // Own names only: every object has others.
  const file = Object.hasOwn(files, name) ? files[name] : undefined;
  if (file === undefined) throw new ResourceNotFoundError(uri.href, describeFiles(snapshot.id, Object.keys(files)));
  const { mimeType, render, lines } = file;
  return readPart(uri, mimeType, await (lines ?? render)(snapshot));
}

async function readList({ snapshots }: ResourceDeps, uri: URL): Promise<ReadResourceResult> {
  const { renderSnapshotList } = await import("../lists/export-lines.ts");
  return readPart(uri, SNAPSHOT_LIST.mimeType, renderSnapshotList(await snapshots.list(undefined, MAX_IN_LIST)));
}

async function readReply({ replies }: ResourceDeps, uri: URL, named: Variables): Promise<ReadResourceResult> {
  const text = await replies?.get(readName(named, "reply_id"));
  if (text === undefined) throw new ResourceNotFoundError(uri.href, "No reply is kept under this id, or not any more.");
  return readPart(uri, REPLY.mimeType, toPieces(text));
}

/** Not at the start: the table of endpoints brings their request grammars with it. */
const loadWork = async (snapshot: Snapshot): Promise<EndpointWork> =>
  (await import("../endpoints.ts")).loadWork(snapshot);

const readName = (named: Variables, name: string): string => String(named[name] ?? "");

async function readFields(uri: URL): Promise<ReadResourceResult> {
  const { renderFieldGuide } = await import("../pages/export/field-guide.ts");
  return readPart(uri, FIELDS.mimeType, renderFieldGuide());
}

async function readSummary(uri: URL, snapshot: Snapshot): Promise<ReadResourceResult> {
  const { renderSummary } = await loadWork(snapshot);
  return readPart(uri, SUMMARY.mimeType, renderSummary(snapshot));
}

async function readPage(uri: URL, snapshot: Snapshot, handle: string): Promise<ReadResourceResult> {
  const { renderItem } = await loadWork(snapshot);
  const text = renderItem(snapshot, handle);
  if (text === undefined) throw new ResourceNotFoundError(uri.href, describeHandles(snapshot));
  return readPart(uri, PAGE.mimeType, text);
}

function describeHandles({ id, items: pages }: Snapshot): string {
  const range = pages.length === 0 ? "it has no pages" : `its handles are p1 to p${pages.length}`;
  return `No such page in snapshot ${id}: ${range} (${countOf(pages.length, "URL")} fetched).`;
}

const describeFiles = (id: string, names: readonly string[]): string =>
  `No such file of snapshot ${id}; there are ${names.join(", ")}, and pages/{handle}.`;

/** With two entries each, and the three that are always there, a listing has 49. */
const MAX_LISTED = 23;

const MAX_TARGET_CHARS = 80;

/** Of the newest snapshots, the summary and the rows: the other files are named where those are described. */
export async function listSnapshotResources(snapshots: ReadSnapshots): Promise<ListResourcesResult> {
  return { resources: (await snapshots.list(undefined, MAX_LISTED)).flatMap(toEntries) };
}

function toEntries({ id, request, itemCount, fetchedAt }: SnapshotInfo): ListResourcesResult["resources"] {
  const target = toOneLine(request.target, MAX_TARGET_CHARS);
  const description = `${countOf(itemCount, "URL")}, ${fetchedAt === null ? "time unknown" : formatMinute(fetchedAt)}`;
  return [
    {
      uri: toSummaryUri(id),
      name: `${target} ${id}`,
      title: `${target}: summary`,
      description,
      mimeType: "text/plain",
    },
    {
      uri: toFileUri(id, "rows.csv"),
      name: `${target} ${id} rows`,
      title: `${target}: all rows`,
      description,
      mimeType: SNAPSHOT_FILES["rows.csv"].mimeType,
    },
  ];
}

/** Every letter that is typed asks for them. */
export const MAX_COMPLETED_FROM = 500;

/** The ids that begin with what was typed; else those of the targets that hold it. Newest first, of the newest. */
export const completeIds =
  (snapshots: ReadSnapshots): CompleteResourceTemplateCallback =>
  async (typed) => {
    const infos = await snapshots.list(undefined, MAX_COMPLETED_FROM);
    const byId = infos.filter(({ id }) => id.startsWith(typed));
    const found = byId.length > 0 ? byId : infos.filter(({ request }) => request.target.includes(typed.toLowerCase()));
    return found.map(({ id }) => id);
  };

/** The handles of the snapshot that stands in the same address; none as long as that is not known. */
export const completeHandles =
  (snapshots: ReadSnapshots): CompleteResourceTemplateCallback =>
  async (typed, context) => {
    const snapshot = await snapshots.get(context?.arguments?.["snapshot_id"] ?? "");
    return snapshot?.items.map(({ handle }) => handle).filter((handle) => handle.startsWith(typed)) ?? [];
  };

export const completeFiles: CompleteResourceTemplateCallback = (typed) =>
  SNAPSHOT_FILE_NAMES.filter((name) => name.startsWith(typed));
