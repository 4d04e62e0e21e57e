import type { Snapshot } from "./snapshot.ts";

/** A text of closed lines, each of which is made when it is asked for. */
export interface Lines {
  count: number;
  at: (index: number) => string;
}

/** One file that a snapshot of an endpoint can be read as. */
export interface SnapshotFile<S extends Snapshot = Snapshot> {
  /** The word of `--format` on the command line, which takes the file's name too. */
  format: string;
  mimeType: string;
  title: string;
  /** What is in it, as one sentence. */
  says: string;
  /**
   * What its first lines say of it: that it is of the sandbox; that, and that it is a suggestion to review. Nothing only
   * where programs read every line, so that there is no place for words.
   */
  notice: "none" | "sandbox" | "sandbox and review";
  /** Answers name it, so it has a resource template of its own. */
  isNamed?: true;
  /** The whole file; its last line is closed. Loaded when asked for: a server starts without it. */
  render: (snapshot: S) => Promise<string>;
  /** The same by lines, where what came makes it as large as it likes: whoever reads a part makes no more than that. */
  lines?: (snapshot: S) => Promise<Lines>;
}

/** The files of one endpoint, by their names. */
export type SnapshotFiles<S extends Snapshot = Snapshot> = Readonly<Record<string, SnapshotFile<S>>>;

/**
 * The words of `--format`, each with the name of its file.
 * @param plainest the file that is named first
 */
export function toFormats<Name extends string>(
  files: Readonly<Record<Name, SnapshotFile<never>>>,
  plainest: Name,
): Readonly<Record<string, Name>> {
  const names = Object.keys(files) as Name[];
  const ordered = [plainest, ...names.filter((name) => name !== plainest)];
  return Object.fromEntries(ordered.map((name) => [files[name].format, name]));
}

/** `redirects.nginx`, `.apache`: names as a sentence lists them, what they begin with said once. */
export function shortenNames(names: readonly string[], mark: "." | "-"): string[] {
  const stem = (name: string | undefined) => name?.slice(0, name.indexOf(mark) + 1) ?? "";
  return names.map((name, at) =>
    stem(name) !== "" && stem(name) === stem(names[at - 1]) ? name.slice(stem(name).length - 1) : name,
  );
}

/** Every snapshot that is kept. */
export const SNAPSHOTS_URI = "domain-pages://snapshots";

/** One snapshot, condensed. */
export const toSummaryUri = (snapshotId: string): string => `${SNAPSHOTS_URI}/${snapshotId}`;

/** One of its files: `rows.csv`. */
export const toFileUri = (snapshotId: string, file: string): string => `${toSummaryUri(snapshotId)}/${file}`;
