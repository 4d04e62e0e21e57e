import type { Limits } from "../../src/cli/doctor/examination.ts";
import { runDoctor } from "../../src/cli/doctor/run-doctor.ts";
import { PRODUCT } from "../../src/version.ts";
import { createTestIo, type TestIo } from "./test-io.ts";

export interface Diagnosis {
  code: number;
  /** What was printed, with what differs from run to run taken out. */
  text: string;
  stdout: string;
  stderr: string;
}

export interface DiagnoseOptions {
  now?: () => number;
  nodeVersion?: string;
  flags?: Record<string, string>;
  json?: boolean;
  limits?: Limits;
  /** Gets the process as it starts. */
  onStart?: (io: TestIo) => void;
}

/** Runs doctor in this process, over real sockets and folders. */
export async function diagnose(
  env: Record<string, string>,
  { now = Date.now, nodeVersion = "20.18.1", flags = {}, json = false, limits, onStart }: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const io = { ...createTestIo(["doctor"], { env }), now, nodeVersion };
  onStart?.(io);
  const code = await runDoctor({ options: { json }, settings: flags }, io, limits);
  const stdout = io.written("stdout");
  return { code, text: withoutChance(stdout, env), stdout, stderr: io.written("stderr") };
}

/** Ports, times, folders, room on disk, and what this machine is like: different in each run, and of no interest. */
export function withoutChance(text: string, env: Record<string, string>): string {
  const folder = env["DOMAIN_PAGES_CACHE_DIR"];
  return (
    (folder === undefined ? text : text.replaceAll(folder, "/cache"))
      .replaceAll(`domain-pages-mcp ${PRODUCT.version}`, "domain-pages-mcp 1.2.3")
      .replace(/(127\.0\.0\.1|localhost):\d+/g, "$1:8787")
      .replace(/ on Node [\d.]+/, " on Node 20.18.1")
      // Some machines have a second address for localhost.
      .replace(/(takes connections) \([^)]+\)/, "$1 (127.0.0.1)")
      .replace(/\b\d+ ms\b/g, "9 ms")
      .replace(/[\d,]+ MB free/g, "12,345 MB free")
  );
}
