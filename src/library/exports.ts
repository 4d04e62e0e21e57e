import { SNAPSHOT_FILE_NAMES, SNAPSHOT_FILES, type SnapshotFileName, toFileName } from "../pages/export/files.ts";
import { got, Refusal, toInputError } from "../pages/request/refusal.ts";
import type { Snapshot } from "../pages/snapshot/snapshot.ts";

/** A file that a snapshot can be written as. */
export interface ExportFile {
  name: SnapshotFileName;
  mimeType: string;
  title: string;
  /** What is in it, as one sentence. */
  says: string;
}

/**
 * The files that `exportSnapshot` makes.
 * @example
 * for (const { name, says } of EXPORT_FILES) console.log(name, says);
 */
export const EXPORT_FILES: readonly ExportFile[] = SNAPSHOT_FILE_NAMES.map((name) => {
  const { mimeType, title, says } = SNAPSHOT_FILES[name];
  return { name, mimeType, title, says };
});

/**
 * A snapshot as a file, whole: nothing is left out for its length. Spreadsheets and servers can be given it as it is;
 * redirect maps are suggestions to review.
 * @param file one of the names in `EXPORT_FILES`
 * @returns the file's text; its last line is closed
 * @throws {AppError} of kind `input` for any other name
 * @example
 * await writeFile("pages.csv", await exportSnapshot(snapshot, "pages.csv"));
 */
export async function exportSnapshot(snapshot: Snapshot, file: SnapshotFileName): Promise<string> {
  // A program without types may ask for anything.
  const name = toFileName(file);
  if (name === undefined) {
    throw toInputError([new Refusal("file", `must be one of ${SNAPSHOT_FILE_NAMES.join(", ")}, ${got(file)}`)]);
  }
  return SNAPSHOT_FILES[name].render(snapshot);
}
