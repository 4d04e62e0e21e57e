import type { Organisation } from "../compose/organisation.ts";
import type { Config } from "../config/schema.ts";
import type { Log } from "../log.ts";
import { createPersonAsker } from "../mcp/ask-person.ts";
import { serveStdio } from "../mcp/serve-stdio.ts";
import { createRenderAnswer } from "../mcp/tool-result.ts";
import { PRODUCT } from "../version.ts";
import { type Io, whenStopped } from "./args.ts";

/** Often enough to keep a client from giving up, rarely enough to cost nothing. */
const PROGRESS_EVERY_MS = 5000;

/** How long purchases under way may still come home after the client has gone; hosts kill after two or more seconds. */
const DRAIN_MS = 1900;

/** For whoever types the command to see what it does, and meets a cursor. */
const WAITING = [
  `domain-pages-mcp ${PRODUCT.version} serves MCP over stdio: it waits for a client's JSON-RPC messages, one a line, on stdin.`,
  "An MCP host starts it by itself; at a terminal there is nothing to see. Ctrl-C ends it.",
  "To use it by hand: domain-pages-mcp get acme.example (sandbox, free), or domain-pages-mcp --help.",
].join("\n");

/** The default command: MCP over stdio until the client leaves or a signal comes. */
export async function runStdio(organisation: Organisation, config: Config, log: Log, io: Io): Promise<void> {
  const service = serveStdio(
    {
      product: PRODUCT,
      ...organisation.appFor(),
      asker: createPersonAsker(async () => crypto.getRandomValues(new Uint8Array(32))),
      answerForm: config.answerForm,
      renderAnswer: createRenderAnswer(),
      progressEveryMs: PROGRESS_EVERY_MS,
      readViewPage: async () => (await import("../view/view-page.ts")).readViewPage(),
      log,
    },
    io.stdin,
    io.stdout,
  );
  if (io.stdin.isTTY === true) (await import("./terminal.ts")).tell(io, WAITING);
  log.info("stdio.serving", { source: organisation.source, version: PRODUCT.version });
  await Promise.race([service.closed, whenStopped(io)]);
  await service.close();
  await organisation.drain(DRAIN_MS);
  log.info("stdio.closed");
}
