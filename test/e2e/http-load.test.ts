import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBuilt } from "../support/built.ts";
import { ask, type HttpProcess, startHttp } from "../support/http-start.ts";
import { makeTempFolder } from "../support/temp-home.ts";

/** As the upstream answers; one page has a text that the worst of expressions would be put to for minutes. */
const ANSWER = {
  version: "0.1.20261101",
  status_code: 20000,
  tasks: [
    {
      id: "11281530-1535-0513-0000-b1d6d5c2f6a7",
      status_code: 20000,
      data: { target: "a.example", limit: 10 },
      result: [
        {
          target: "a.example",
          total_count: 2,
          items_count: 2,
          items: [
            {
              page: "https://a.example/long",
              status_code: 200,
              meta: { social_media_tags: { "og:description": "aé1b".repeat(125_000) } },
            },
            {
              page: "https://a.example/short",
              status_code: 200,
              meta: { social_media_tags: { "og:description": "short" } },
            },
          ],
        },
      ],
    },
  ],
};

const FIELD = "meta.social_media_tags.og:description";
const WORST = "[\\p{L}\\p{N}]{1,1000}[XYZ]$";

let server: HttpProcess;

beforeAll(async () => {
  const home = makeTempFolder();
  const file = path.join(home, "answer.json");
  writeFileSync(file, JSON.stringify(ANSWER));
  const env = { HOME: home, DOMAIN_PAGES_HTTP_CALLS_PER_MINUTE: "10000" };
  const { code, stderr } = await runBuilt(["import", file], { env });
  if (code !== 0) throw new Error(stderr);
  server = await startHttp(env);
});

afterAll(async () => {
  await server.stop();
});

const query = (filters: unknown) =>
  ask(server.url, "tools/call", { name: "query_domain_pages", arguments: { target: "a.example", filters } });

describe("a caller's regular expressions", () => {
  it("leave everything else that is asked of the service answered", async () => {
    let ended = 0;
    const flood = Array.from({ length: 4 }, async (_, index) => {
      const answer = await query([FIELD, "regex", `${WORST}|Q${index}`]);
      ended += 1;
      return JSON.stringify(answer.messages);
    });
    expect((await server.get("/healthz")).status).toBe(200);
    expect(JSON.stringify((await query(["page", "like", "%/short"])).messages)).toContain("/short");
    expect((await server.get("/healthz")).status).toBe(200);
    expect(ended).toBe(0);
    for (const text of await Promise.all(flood)) {
      expect(text).toContain("filters: the regex takes more than 2 s on these pages");
    }
  });

  it("are answered when they are simple, also on what the worst was put to before", async () => {
    const found = JSON.stringify((await query([FIELD, "regex", "^sh.rt$"])).messages);
    expect(found).toContain("/short");
    expect(found).not.toContain("/long");
  });

  it("are refused where their counts alone would keep everybody waiting", async () => {
    const pattern = "[\\p{L}\\p{N}]{1,1000}".repeat(40);
    const refused = JSON.stringify((await query([FIELD, "regex", pattern])).messages);
    expect(refused).toContain("multiply this regex to 40000 parts");
  });
});
