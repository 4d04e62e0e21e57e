import type { FindSnapshot } from "../pages/snapshot/find-snapshot.ts";
import type { Snapshot } from "../pages/snapshot/snapshot.ts";
import { formatCount } from "../pages/text.ts";
import { fillPage } from "../pages/view/fill-page.ts";
import { toComparisonFile, toSnapshotFile } from "../pages/view/view-file.ts";
import { readViewPage } from "../view/page.ts";
import { usage } from "./args.ts";
import { type Io, print } from "./io.ts";
import { toSnapshotRef } from "./request-arguments.ts";
import { saveFile } from "./save-file.ts";

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
  const find = (operand: string) => findSnapshot(toSnapshotRef(operand), { surface: "cli" });
  const one = await find(first);
  const other = second === undefined ? undefined : await find(second);
  const file = other === undefined ? toSnapshotFile(one) : toComparisonFile(one, other);
  const html = fillPage(await readViewPage(), file);
  if (options.out === undefined) io.stdout.write(html);
  else {
    await saveFile(options.out, html, options.force === true);
    const size = formatCount(Buffer.byteLength(html));
    const what = [one, ...(other === undefined ? [] : [other])].map(nameSnapshot).join(" and ");
    print(io.stderr, `view of ${what}: ${size} bytes written`);
  }
}

const nameSnapshot = ({ id, request }: Snapshot): string => `snapshot ${id} (${request.target})`;
