import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readAnswer } from "../fixtures/load.ts";
import { runBuilt } from "../support/built.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { type Respond, replyWith, startProxy, startStub } from "../support/stub-upstream.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const keep = closeAfterEach();

/** None that looks like a key of the gateway. */
const KEY = "zz-other-form-0123456789abcdefghijklmnopqrstuvwxyz";
const PASSWORD = "pr0xy-p@ss:word";

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** Snapshots are kept compressed. */
function readKept(file: string): string {
  const bytes = readFileSync(file);
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** Everything that comes out of a call: what is printed, what is logged, every file. */
async function allThatLeaves(respond: Respond, env: Record<string, string> = {}): Promise<string> {
  const gateway = keep(await startStub(respond));
  const folder = makeTempFolder();
  const settings = {
    AISA_API_KEY: KEY,
    AISA_BASE_URL: `${gateway.origin}/apis/v1`,
    DOMAIN_PAGES_CACHE_DIR: folder,
    DOMAIN_PAGES_LOG_LEVEL: "debug",
    DOMAIN_PAGES_RETRY_MS: "0",
    ...env,
  };
  const runs = [
    ["get", "acme.example", "--json"],
    ["spend", "--json"],
  ];
  let all = "";
  for (const args of runs) {
    const { stdout, stderr } = await runBuilt(args, { env: settings });
    all += stdout + stderr;
  }
  expect(gateway.seen.length).toBeGreaterThan(0);
  for (const file of filesBelow(folder)) all += readKept(file);
  return all;
}

/** No eight characters of the secret in a row, in whatever case. */
function expectNothingOf(secret: string, text: string) {
  const lower = text.toLowerCase();
  for (let at = 0; at + 8 <= secret.length; at++) expect(lower).not.toContain(secret.slice(at, at + 8).toLowerCase());
}

const error = (fields: object) => JSON.stringify({ error: { message: "no", ...fields } });
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a key that the gateway echoes leaves nowhere", () => {
  it.each<[string, Respond]>([
    ["as the id of the request", replyWith(400, error({ request_id: KEY }))],
    ["as its id, cut", replyWith(400, error({ request_id: KEY.slice(0, 24) }))],
    ["as its id, in a header", replyWith(500, error({}), { "x-request-id": KEY })],
    ["as its id, in capitals", replyWith(401, error({ request_id: KEY.toUpperCase() }))],
    ["as its id, in base64", replyWith(403, error({ request_id: base64(KEY).replaceAll("=", "") }))],
    ["as the id of a task", replyWith(200, { status_code: 20000, tasks: [{ id: KEY, status_code: 40501, cost: 0 }] })],
    ["where the log cuts it", replyWith(500, error({ message: "x".repeat(450) + KEY }))],
    ["cut by the gateway itself", replyWith(401, error({ message: `bad key ${KEY.slice(0, 20)}…` }))],
    ["in text that is no JSON", replyWith(502, `<html>Authorization: Bearer ${KEY}</html>`)],
    [
      "in a body that breaks off",
      (response) =>
        response.writeHead(200, { "x-request-id": KEY, "content-length": "999" }).write("{", () => response.destroy()),
    ],
  ])("%s", async (_where, respond) => {
    expectNothingOf(KEY, await allThatLeaves(respond));
  });

  it("in an answer that was paid for, which is kept without it", async () => {
    const echoing = JSON.stringify(JSON.parse(readAnswer("ten-pages")))
      .replace('"tasks":[{', `"tasks":[{"echo":"Bearer ${KEY}",`)
      .replace(/"title":"[^"]*"/, `"title":"${KEY}"`);
    const all = await allThatLeaves(replyWith(200, echoing, { "x-aisa-price-usd": "0.02" }));
    expect(all).toContain("acme.example");
    expectNothingOf(KEY, all);
  });
});

describe("the password of a proxy leaves nowhere", () => {
  it.each([407, 502])("when it refuses (%i)", async (status) => {
    const proxy = keep(await startProxy(status));
    const address = proxy.origin.replace("//", `//me:${encodeURIComponent(PASSWORD)}@`);
    const gateway = "http://127.0.0.1:9";
    const folder = makeTempFolder();
    const env = {
      AISA_API_KEY: KEY,
      AISA_BASE_URL: `${gateway}/apis/v1`,
      HTTP_PROXY: address,
      DOMAIN_PAGES_CACHE_DIR: folder,
      DOMAIN_PAGES_LOG_LEVEL: "debug",
    };
    const get = await runBuilt(["get", "acme.example"], { env });
    const doctor = await runBuilt(["doctor"], { env });
    expect([get.code, doctor.code]).toEqual([4, 4]);
    const all = get.stdout + get.stderr + doctor.stdout + doctor.stderr;
    for (const form of [PASSWORD, encodeURIComponent(PASSWORD), base64(`me:${PASSWORD}`)])
      expect(all).not.toContain(form);
  });
});
