import type { App } from "../compose/app.ts";
import { renderComparisonStructured, renderComparisonText } from "../pages/compare/render-comparison.ts";
import { type ParsedArgs, usage } from "./args.ts";
import { type Io, print, toJson } from "./io.ts";
import { readSnapshotRef } from "./request-arguments.ts";

/** `compare <snapshot | target> <snapshot | target>`: the free tool on the command line. */
export async function runCompare(
  { operands, options }: ParsedArgs,
  app: Pick<App, "comparePages">,
  io: Io,
): Promise<void> {
  const [first, second] = operands;
  if (first === undefined || second === undefined) throw usage("compare needs two of: snapshot ids, targets");
  const refs = { ...readSnapshotRef(first), ...readSnapshotRef(second, "other_") };
  const comparison = await app.comparePages(refs, { surface: "cli" });
  const text =
    options.json === true ? toJson(renderComparisonStructured(comparison)) : renderComparisonText(comparison);
  print(io.stdout, text);
}
