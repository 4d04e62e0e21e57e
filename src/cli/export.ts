import { SNAPSHOT_FILES, type SnapshotFileName } from "../pages/export/files.ts";
import type { FindSnapshot } from "../pages/snapshot/find-snapshot.ts";
import { formatCount } from "../pages/text.ts";
import { usage } from "./args.ts";
import { type Io, print } from "./io.ts";
import { toSnapshotRef } from "./request-arguments.ts";
import { saveFile } from "./save-file.ts";

/** What `--format` takes, and the file that it is: the same bytes as the resource of that name. */
export const EXPORT_FORMATS: Readonly<Record<string, SnapshotFileName>> = {
  csv: "pages.csv",
  rows: "rows.csv",
  jsonl: "pages.jsonl",
  md: "report.md",
  "redirects-csv": "redirects.csv",
  "redirects-nginx": "redirects.nginx",
  "redirects-apache": "redirects.apache",
  "redirects-netlify": "redirects.netlify",
};

/** The command's part of the parsed arguments. */
export interface ExportArgs {
  operands: readonly string[];
  options: { format?: string; out?: string; force?: boolean };
}

/** `export <snapshot_id | target>`: a kept snapshot as a file, whole, to stdout or where `--out` says; free. */
export async function runExport(
  { operands, options }: ExportArgs,
  { findSnapshot }: { findSnapshot: FindSnapshot },
  io: Io,
): Promise<void> {
  const [operand] = operands;
  if (operand === undefined) throw usage("export needs a snapshot id or a target");
  const name = readFormat(options.format);
  if (options.force === true && options.out === undefined) throw usage("--force goes with --out");
  const snapshot = await findSnapshot(toSnapshotRef(operand), { surface: "cli" });
  const text = await SNAPSHOT_FILES[name].render(snapshot);
  // Not print(): it would add a line break to what has none, and these bytes are the resource's.
  if (options.out === undefined) io.stdout.write(text);
  else {
    await saveFile(options.out, text, options.force === true);
    const size = formatCount(Buffer.byteLength(text));
    print(io.stderr, `${name} of snapshot ${snapshot.id} (${snapshot.request.target}): ${size} bytes written`);
  }
}

function readFormat(written: string | undefined): SnapshotFileName {
  const name = Object.entries(EXPORT_FORMATS).find(([format]) => format === written)?.[1];
  if (name !== undefined) return name;
  const rule = written === undefined ? "export needs --format" : `no such format "${written}"`;
  throw usage(`${rule}; there are ${Object.keys(EXPORT_FORMATS).join(", ")}`);
}
