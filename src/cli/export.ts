import { writeFile } from "node:fs/promises";
import { loadWork } from "../endpoints.ts";
import { AppError } from "../errors.ts";
import type { FindSnapshot } from "../lists/find-snapshot.ts";
import { noteBrokenOff } from "../lists/snapshot.ts";
import { formatCount } from "../lists/text.ts";
import { asPages, type PagesSnapshot } from "../pages/domain-pages.ts";
import { FORMATS, SNAPSHOT_FILES, type SnapshotFileName, toFileName } from "../pages/export/snapshot-files.ts";
import { fillPage, toComparisonFile, toSnapshotFile } from "../pages/view/view-file.ts";
import { readViewPage } from "../view/view-page.ts";
import { type Io, usage } from "./args.ts";
import { toSnapshotRef } from "./ask.ts";
import { tell } from "./terminal.ts";

/** What `--format` takes, and the file that it is, whose own name it takes too: the bytes of the resource of that name. */
export const EXPORT_FORMATS = FORMATS;

/** The command's part of the parsed arguments. */
export interface ExportArgs {
  operands: readonly string[];
  options: { format?: string; out?: string; force?: boolean; excel?: boolean };
}

/** Excel takes a CSV file without it for the system's old code page. */
const BYTE_ORDER_MARK = "\ufeff";

/** Beside the file, not in it. */
const noteTo =
  (io: Io) =>
  (note: string): void =>
    tell(io, `note: ${note}`);

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
  if (options.excel === true && SNAPSHOT_FILES[name].mimeType !== "text/csv") throw usage(wordExcel());
  const snapshot = await findSnapshot(toSnapshotRef(operand), { surface: "cli", onChoice: noteTo(io) });
  // Tables have no place for it.
  for (const note of noteBrokenOff(snapshot)) noteTo(io)(note);
  const file = (await loadWork(snapshot)).files[name];
  if (file === undefined) throw usage(`a snapshot of ${snapshot.endpoint} has no ${name}`);
  const written = await file.render(snapshot);
  const text = options.excel === true ? BYTE_ORDER_MARK + written : written;
  // Not print(): it would add a line break to what has none, and these bytes are the resource's.
  if (options.out === undefined) io.stdout.write(text);
  else {
    await saveFile(options.out, text, options.force === true);
    const size = formatCount(Buffer.byteLength(text));
    tell(io, `${name} of snapshot ${snapshot.id} (${snapshot.request.target}): ${size} bytes written`);
  }
}

function wordExcel(): string {
  const formats = Object.entries(FORMATS).filter(([, file]) => SNAPSHOT_FILES[file].mimeType === "text/csv");
  return `--excel goes with --format ${formats.map(([format]) => format).join(", ")}`;
}

function readFormat(written: string | undefined): SnapshotFileName {
  const name = Object.entries(FORMATS).find(([format]) => format === written)?.[1] ?? toFileName(written ?? "");
  if (name !== undefined) return name;
  const rule = written === undefined ? "export needs --format" : `no such format "${written}"`;
  throw usage(`${rule}; there are ${Object.keys(FORMATS).join(", ")}`);
}

/** The command's part of the parsed arguments. */
export interface ViewArgs {
  operands: readonly string[];
  options: { out?: string; force?: boolean };
}

/**
 * `view <snapshot | target> [<snapshot | target>]`: a kept snapshot, or two compared, as one page that any browser opens
 * and that loads nothing; to stdout or where `--out` says; free.
 */
export async function runView(
  { operands, options }: ViewArgs,
  { findSnapshot }: { findSnapshot: FindSnapshot },
  io: Io,
): Promise<void> {
  const [first, second] = operands;
  if (first === undefined) throw usage("view needs a snapshot id or a target, or two of them to compare");
  if (options.force === true && options.out === undefined) throw usage("--force goes with --out");
  if (options.out === undefined && io.stdout.isTTY === true) {
    throw usage("a page is nothing for a terminal: say --out FILE, such as --out pages.html");
  }
  const find = async (operand: string) =>
    asPages(await findSnapshot(toSnapshotRef(operand), { surface: "cli", onChoice: noteTo(io) }));
  const one = await find(first);
  const other = second === undefined ? undefined : await find(second);
  const file = other === undefined ? toSnapshotFile(one) : toComparisonFile(one, other);
  const html = fillPage(await readViewPage(), file);
  if (options.out === undefined) io.stdout.write(html);
  else {
    await saveFile(options.out, html, options.force === true);
    const size = formatCount(Buffer.byteLength(html));
    const what = [one, ...(other === undefined ? [] : [other])].map(nameSnapshot).join(" and ");
    tell(io, `view of ${what}: ${size} bytes written`);
  }
}

const nameSnapshot = ({ id, request }: PagesSnapshot): string => `snapshot ${id} (${request.target})`;

/**
 * Writes what a command was asked to write.
 * @throws {AppError} `input` where a file is in the way and may not be replaced, and where it cannot be written
 */
export async function saveFile(file: string, text: string, mayReplace: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: mayReplace ? "w" : "wx" });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    if (code === "EEXIST") {
      throw new AppError("input", `${file} is there already.`, { advice: "Add --force to replace it.", cause: error });
    }
    throw new AppError("input", `Cannot write ${file} (${code}).`, { cause: error });
  }
}
