import type { App } from "../compose/app.ts";
import { renderEstimateStructured, renderEstimateText } from "../pages/estimate/render-estimate.ts";
import type { ParsedArgs } from "./args.ts";
import { type Io, print, toJson } from "./io.ts";
import { readArguments } from "./request-arguments.ts";

/** `estimate <target>`: what `get` would cost and bring, for free. */
export async function runEstimate(args: ParsedArgs, app: App, io: Io): Promise<void> {
  const estimate = await app.estimatePages(readArguments(args), { signal: io.stopped, surface: "cli" });
  const text = args.options.json === true ? toJson(renderEstimateStructured(estimate)) : renderEstimateText(estimate);
  print(io.stdout, text);
}
