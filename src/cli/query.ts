import type { App } from "../compose/app.ts";
import { renderQueryStructured, renderQueryText } from "../pages/query/render-query.ts";
import { type ParsedArgs, usage } from "./args.ts";
import { type Io, print, toJson } from "./io.ts";
import { readBody, readSnapshotRef } from "./request-arguments.ts";

/** `query <snapshot | target>`: the free tool on the command line. */
export async function runQuery({ operands, options }: ParsedArgs, app: Pick<App, "queryPages">, io: Io): Promise<void> {
  const [operand] = operands;
  const body = readBody(options.body);
  if (operand === undefined && body["snapshot_id"] === undefined && body["target"] === undefined) {
    throw usage("query needs a snapshot id or a target, such as: query forbes.com");
  }
  const input = { ...body, ...(operand !== undefined && readSnapshotRef(operand)) };
  const answer = await app.queryPages(input, { surface: "cli" });
  const text = options.json === true ? toJson(renderQueryStructured(answer)) : renderQueryText(answer);
  print(io.stdout, text);
}
