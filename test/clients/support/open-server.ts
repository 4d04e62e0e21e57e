import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BUILT } from "../../support/built.ts";
import { startHttp } from "../../support/http-start.ts";
import { makeTempFolder } from "../../support/temp-home.ts";
import type { Transport } from "../clients.ts";
import type { Passed } from "./passed.ts";
import type { Session } from "./run-program.ts";
import { openHttpTap } from "./tap-http.ts";

const TAP_STDIO = fileURLToPath(new URL("tap-stdio.mjs", import.meta.url));

/** The built server as one conversation reaches it: sandbox, an empty home, and each message that passes kept. */
export interface OpenServer {
  server: Session["server"];
  passed(): readonly Passed[];
  close(): Promise<void>;
}

export async function openServer(transport: Transport): Promise<OpenServer> {
  if (transport === "HTTP") {
    const service = await startHttp();
    const tap = await openHttpTap(service.url);
    return {
      server: { url: tap.url },
      passed: tap.passed,
      async close() {
        await tap.close();
        await service.stop();
      },
    };
  }
  const home = makeTempFolder();
  const log = path.join(home, "passed.jsonl");
  return {
    server: { command: process.execPath, args: [TAP_STDIO, log, home, BUILT] },
    passed: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line))
        : [],
    close: async () => {},
  };
}
