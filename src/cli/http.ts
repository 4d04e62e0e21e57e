import { startHttpService } from "../compose/http-service.ts";
import type { HttpConfig } from "../config/http-settings.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import { createLog } from "../log.ts";
import { createRequestScope } from "../serve/access-log.ts";
import { PRODUCT } from "../version.ts";
import { type Io, print, whenStopped } from "./args.ts";

/** What is left after the last call has come home: closing, and what the log still has to write. */
const CLOSING_MS = 5000;

/** Whoever starts it should not have to look that up. */
const OPEN =
  "Without access control: every program on this machine may call and spend up to the daily budget. " +
  "Make a token (domain-pages-mcp token create NAME) and callers need one from then on, without a restart.";

/** `http`: MCP over Streamable HTTP for many, until a signal comes. */
export async function runHttp({ config, secrets, ignored, former }: LoadedConfig<HttpConfig>, io: Io): Promise<void> {
  const scope = createRequestScope();
  const log = createLog({
    level: config.logLevel,
    secrets,
    now: io.now,
    write: (line) => io.stderr.write(line),
    context: () => toFields(scope.get()),
  });
  for (const what of ignored) log.warn("setting.ignored", { what });
  if (former.length > 0) log.warn("setting.former", { what: former.join("; ") });
  const drainMs = config.drainSeconds * 1000;
  io.allowStop?.(drainMs + CLOSING_MS);
  const service = await startHttpService({ config, ignored, log, now: io.now, scope });
  const { url, source, isGuarded } = service;
  print(io.stdout, `listening on ${url}`);
  if (!isGuarded) log.warn("http.open", { message: OPEN });
  log.info("http.serving", { url, source, is_guarded: isGuarded, version: PRODUCT.version });
  await whenStopped(io);
  log.info("http.stopping", { within_s: config.drainSeconds });
  await service.stop(drainMs);
  log.info("http.closed");
}

/** Of whom and what a line tells; the trace as far as logs are joined by it. */
function toFields(facts: ReturnType<ReturnType<typeof createRequestScope>["get"]>): Record<string, string> {
  if (facts === undefined) return {};
  const { requestId, principal, traceparent } = facts;
  return {
    request_id: requestId,
    ...(principal !== undefined && { principal }),
    ...(traceparent !== undefined && { trace_id: traceparent.split("-")[1] ?? "" }),
  };
}
