import { AppError } from "../errors.ts";
import { serveSandbox } from "../sandbox/http-face.ts";
import { createWorld } from "../sandbox/world.ts";
import { type Io, type ParsedArgs, print, usage, whenStopped } from "./args.ts";

const DEFAULT_PORT = 8787;

const MAX_PRICE_USD = 1000;

/** `sandbox`: the embedded endpoint over HTTP, until a signal comes. */
export async function runSandbox({ options }: Pick<ParsedArgs, "options">, io: Io): Promise<void> {
  const world = createWorld();
  const port = readPort(options.port);
  const server = await serveSandbox({
    world,
    port,
    prices: {
      perCallUsd: readPrice("--price", options.price),
      perPageUsd: readPrice("--price-per-page", options["price-per-page"]),
    },
    now: io.now,
    ...(options.key !== undefined && { apiKey: options.key }),
    ...(options.fault !== undefined && { fault: options.fault }),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof AppError) throw error;
    throw new AppError("config", `Cannot listen on 127.0.0.1:${port} (${error.code ?? error.message}).`, {
      advice: "Choose another --port; 0 takes a free one.",
      cause: error,
    });
  });
  const [target] = world.targets;
  print(
    io.stdout,
    [
      `sandbox listening on ${server.origin}, targets ${world.targets.join(", ")}`,
      `curl ${server.origin}/apis/v1/dataforseo/backlinks/domain_pages/live -H 'Authorization: Bearer any' -H 'Content-Type: application/json' -d '{"target":"${target}","limit":3}'`,
      `faults on demand: curl ${server.origin}/sandbox/faults lists them, -d '{"faults":["stall"]}' queues some for the next calls`,
      `what was billed: curl ${server.origin}/sandbox/books`,
    ].join("\n"),
  );
  await whenStopped(io);
  await server.close();
}

function readPort(text: string | undefined): number {
  const port = text === undefined ? DEFAULT_PORT : Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw usage(`--port takes a number from 0 to 65535, got "${text}"`);
}

function readPrice(option: string, text = "0"): number {
  const usd = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (usd <= MAX_PRICE_USD) return usd;
  throw usage(`${option} takes US dollars from 0 to ${MAX_PRICE_USD} such as 0.024, got "${text}"`);
}
