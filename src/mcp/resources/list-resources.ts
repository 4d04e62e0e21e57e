import type { ListResourcesResult } from "@modelcontextprotocol/server";
import { SNAPSHOT_FILES } from "../../pages/export/files.ts";
import { toFileUri, toSummaryUri } from "../../pages/export/resource-uris.ts";
import type { ReadSnapshots, SnapshotInfo } from "../../pages/snapshot/snapshot.ts";
import { countOf, formatMinute, toOneLine } from "../../pages/text.ts";

/** With two entries each, and the three that are always there, a listing has 49. */
const MAX_LISTED = 23;

const MAX_TARGET_CHARS = 80;

/** Of the newest snapshots, the summary and the rows: the other files are named where those are described. */
export async function listSnapshotResources(snapshots: ReadSnapshots): Promise<ListResourcesResult> {
  return { resources: (await snapshots.list()).slice(0, MAX_LISTED).flatMap(toEntries) };
}

function toEntries({ id, request, pageCount, fetchedAt }: SnapshotInfo): ListResourcesResult["resources"] {
  const target = toOneLine(request.target, MAX_TARGET_CHARS);
  const description = `${countOf(pageCount, "page")}, ${fetchedAt === null ? "time unknown" : formatMinute(fetchedAt)}`;
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
