import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { findFreePort } from "./free-port.ts";
import { sendRaw } from "./raw-http.ts";
import { makeTempFolder } from "./temp-home.ts";

/** A web server that was given a redirect map. */
export interface RedirectServer {
  /** The `Location` of the answer to this request line as it is, or its status where there is none. */
  ask(host: string, requestUri: string): Promise<string | number>;
  close(): Promise<void>;
}

/** How each program is found and run. Debian keeps them where only root's PATH looks. */
const PROGRAMS = {
  nginx: { names: ["nginx", "/usr/sbin/nginx"], packages: "nginx" },
  apache: { names: ["apache2", "/usr/sbin/apache2", "httpd"], packages: "apache2" },
} as const;

export type ServerName = keyof typeof PROGRAMS;

const findProgram = (name: ServerName): string | undefined =>
  PROGRAMS[name].names.find((each) => spawnSync(each, ["-v"]).status === 0);

/**
 * Whether the maps can be tried on the real program.
 * @throws where `CI` is set and it is not there: there nothing may be skipped
 */
export function hasServer(name: ServerName): boolean {
  if (findProgram(name) !== undefined) return true;
  if (process.env["CI"]) throw new Error(`CI must not skip the tests of redirect maps: install ${name}.`);
  process.stderr.write(`Redirect maps not tried on ${name}: install ${PROGRAMS[name].packages}.\n`);
  return false;
}

const CONFIGURE: Readonly<Record<ServerName, (map: string, port: number, folder: string) => string>> = {
  nginx: (map, port, folder) => `
daemon off; master_process off; pid ${folder}/pid; error_log stderr warn;
events {}
http {
  access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b;
  fastcgi_temp_path ${folder}/c; uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  map_hash_bucket_size 4096;
  include ${map};
  server {
    listen 127.0.0.1:${port};
    if ($reclaim_to != "") { return 301 $reclaim_to; }
    location / { return 204; }
  }
}`,
  apache: (map, port, folder) => `
ServerRoot ${folder}
Listen 127.0.0.1:${port}
ServerName localhost
PidFile ${folder}/pid
User #65534
Group #65534
ErrorLog ${folder}/errors
DefaultRuntimeDir ${folder}
LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so
LoadModule authz_core_module ${MODULES}/mod_authz_core.so
LoadModule rewrite_module ${MODULES}/mod_rewrite.so
StartServers 1
ThreadsPerChild 4
MinSpareThreads 1
MaxSpareThreads 4
MaxRequestWorkers 4
DocumentRoot ${folder}/site
<VirtualHost *:${port}>
Include ${map}
</VirtualHost>`,
};
const MODULES = "/usr/lib/apache2/modules";

/** @throws with what the program said, when it takes the map for no configuration */
export async function startRedirectServer(name: ServerName, map: string): Promise<RedirectServer> {
  const program = findProgram(name) ?? name;
  const folder = makeTempFolder();
  const port = await findFreePort();
  const [config, mapFile] = [path.join(folder, "server.conf"), path.join(folder, "map.conf")];
  await mkdir(path.join(folder, "site"));
  await writeFile(mapFile, map);
  await writeFile(config, CONFIGURE[name](mapFile, port, folder));
  const args = name === "nginx" ? ["-p", folder, "-c", config] : ["-X", "-f", config];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += String(chunk);
  });
  // Whatever ends the test process must not leave a server behind.
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  await untilListening(
    child,
    port,
    async () => said + (await readFile(path.join(folder, "errors"), "utf8").catch(() => "")),
  );
  return {
    ask: async (host, requestUri) => {
      const request = `GET ${requestUri} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      const { answers, text } = await sendRaw(`http://127.0.0.1:${port}`, request);
      const [answer] = answers;
      if (answer === undefined) throw new Error(`no answer: ${text}`);
      return answer.headers["location"] ?? answer.status;
    },
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Connects until somebody takes it, or the program has ended. */
async function untilListening(child: ChildProcess, port: number, said: () => Promise<string>): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${await said()}`);
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("close", () => socket.destroy());
    });
    if (isUp) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Netlify's own matcher, given a `_redirects` file; the status 404 stands for a request that no line is for. */
export async function startNetlifyMatcher(map: string): Promise<RedirectServer> {
  const { parsePlain } = await import("netlify-redirector");
  const rules = await parsePlain(map, {});
  return {
    ask: async (host, requestUri) => {
      const at = requestUri.indexOf("?");
      const [requestPath, query] = at < 0 ? [requestUri, ""] : [requestUri.slice(0, at), requestUri.slice(at + 1)];
      const none = { headers: {}, cookieValues: {}, getHeader: () => "", getCookie: () => "" };
      return rules.match({ scheme: "https", host, path: requestPath, query, ...none })?.to ?? 404;
    },
    close: async () => {},
  };
}
