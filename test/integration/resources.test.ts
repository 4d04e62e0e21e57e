import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport, McpServer } from "@modelcontextprotocol/server";
import { afterEach, describe, expect, it } from "vitest";
import { renderJsonLines } from "../../src/lists/export-lines.ts";
import { createFindSnapshot } from "../../src/lists/find-snapshot.ts";
import type { ReadSnapshots } from "../../src/lists/snapshot.ts";
import { createLog } from "../../src/log.ts";
import { MAX_READ_BYTES, PART_META } from "../../src/mcp/read-part.ts";
import { registerResources } from "../../src/mcp/resources.ts";
import type { PagesSnapshot } from "../../src/pages/domain-pages.ts";
import { OF_PAGES } from "../../src/pages/domain-pages.ts";
import { SNAPSHOT_FILE_NAMES, SNAPSHOT_FILES } from "../../src/pages/export/snapshot-files.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { toSnapshotInfo } from "../../src/store/snapshot-name.ts";
import { makeSnapshot } from "../support/make-snapshot.ts";
import { readCsv } from "../support/read-csv.ts";

const ROOT = "domain-pages://snapshots";
const day = (number: number) => Date.UTC(2026, 6, number);

const ITEMS = [
  { url: "https://acme.example/", status: 200, title: "Acme\nAnvils", summary: { backlinks: 9, referring_domains: 3 } },
  { url: "http://acme.example/", status: 301, location: "https://acme.example/", summary: { backlinks: 2 } },
  {
    url: "https://acme.example/gone",
    status: 404,
    title: "\u202eevil",
    summary: { backlinks: 7, referring_domains: 2 },
  },
];
const acme = makeSnapshot({ items: ITEMS, fetchedAt: day(3) });
const older = makeSnapshot({ items: ITEMS.slice(1), fetchedAt: day(1) });
const other = makeSnapshot({ request: { target: "other.example" }, fetchedAt: day(2) });

describe("resources over kept snapshots", () => {
  let client: Client;
  let logged: string[];

  const connectTo = async (snapshots: ReadSnapshots) => {
    logged = [];
    const log = createLog({ level: "debug", write: (line) => logged.push(line), secrets: [], now: () => 0 });
    const server = new McpServer({ name: "domain-pages-mcp", version: "0" });
    registerResources(server, {
      snapshots,
      findSnapshot: createFindSnapshot({ ...OF_PAGES, snapshots, freshMs: 0, now: Date.now }),
      log,
    });
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    client = new Client({ name: "test", version: "0" });
    await Promise.all([server.connect(ours), client.connect(theirs)]);
  };
  const connect = async (...kept: PagesSnapshot[]) => {
    const store = createMemoryStore();
    for (const snapshot of kept) await store.put(snapshot);
    await connectTo(store);
  };
  const read = async (uri: string) => {
    const { contents, _meta = {} } = await client.readResource({ uri });
    return {
      contents: contents as { uri: string; mimeType: string; text: string }[],
      meta: _meta[PART_META] as { next: string | null },
    };
  };
  const textOf = async (uri: string) => (await read(uri)).contents[0]?.text ?? "";
  const complete = async (template: string, name: string, value: string, known?: Record<string, string>) => {
    const { completion } = await client.complete({
      ref: { type: "ref/resource", uri: template },
      argument: { name, value },
      ...(known !== undefined && { context: { arguments: known } }),
    });
    return completion.values;
  };

  afterEach(() => client.close());

  it("lists the snapshots, the fields, and of each snapshot its summary and rows", async () => {
    await connect(older, acme);
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([
      "domain-pages://fields",
      ROOT,
      `${ROOT}/${acme.id}`,
      `${ROOT}/${acme.id}/rows.csv`,
      `${ROOT}/${older.id}`,
      `${ROOT}/${older.id}/rows.csv`,
    ]);
    expect(resources[2]).toMatchObject({
      name: `acme.example ${acme.id}`,
      description: "3 URLs, 2026-07-03 00:00 UTC",
      mimeType: "text/plain",
    });
  });

  it("lists the two that are always there, and those of the newest 23", async () => {
    const many = Array.from({ length: 40 }, (_, index) => makeSnapshot({ fetchedAt: day(1) + index }));
    await connect(...many);
    const { resources } = await client.listResources();
    expect(resources).toHaveLength(48);
    expect(resources[2]?.uri).toBe(`${ROOT}/${many.at(-1)?.id}`);
  });

  it("reads every resource that it lists", async () => {
    await connect(acme, other);
    for (const { uri, mimeType } of (await client.listResources()).resources) {
      const { contents } = await read(uri);
      expect(contents).toEqual([{ uri, mimeType, text: expect.stringMatching(/\n$/) }]);
    }
  });

  it("lists kept snapshots, newest first", async () => {
    await connect(older, acme, other);
    const rows = readCsv((await textOf(ROOT)).trimEnd());
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ["snapshot_id", "target"],
      [acme.id, "acme.example"],
      [other.id, "other.example"],
      [older.id, "acme.example"],
    ]);
  });

  it("lists no more than the newest 1,000, and asks for no more", async () => {
    const list = Array.from({ length: 1100 }, (_, at) => toSnapshotInfo({ ...acme, fetchedAt: day(1) - at }));
    const asked: unknown[] = [];
    const none = async () => undefined;
    await connectTo({
      get: none,
      gone: none,
      list: async (target, newest) => {
        asked.push([target, newest]);
        return list.slice(0, newest);
      },
    });
    const lines = (await textOf(ROOT)).trimEnd().split("\n");
    expect(lines).toHaveLength(1001);
    expect(asked).toEqual([[undefined, 1000]]);
  });

  it("gives the same summary at every reading", async () => {
    await connect(acme);
    const text = await textOf(`${ROOT}/${acme.id}`);
    expect(text).toContain("acme.example: 3 of 3 URLs fetched, 2 pages after folding");
    expect(text).toContain("free now, charged $0.012 when fetched");
    expect(await textOf(`${ROOT}/${acme.id}`)).toBe(text);
  });

  it("gives one whole record, its hidden characters escaped", async () => {
    await connect(acme);
    const { contents } = await read(`${ROOT}/${acme.id}/pages/p3`);
    expect(contents[0]?.mimeType).toBe("application/json");
    expect(contents[0]?.text).toContain('"title": "\\u202eevil"');
    expect(JSON.parse(contents[0]?.text ?? "")).toMatchObject({
      snapshot_id: acme.id,
      id: "p3",
      item: acme.items[2]?.raw,
    });
  });

  it.each(SNAPSHOT_FILE_NAMES)("gives %s whole, under its own type", async (name) => {
    await connect(acme);
    const uri = `${ROOT}/${acme.id}/${name}`;
    const { mimeType, render } = SNAPSHOT_FILES[name];
    expect((await read(uri)).contents).toEqual([{ uri, mimeType, text: await render(acme) }]);
  });

  it("gives the filter language", async () => {
    await connect();
    expect(await textOf("domain-pages://fields")).toContain("page_summary.{rank, backlinks");
  });

  describe("cuts what is long", () => {
    const long = makeSnapshot({
      items: Array.from({ length: 700 }, (_, index) => ({
        url: `https://acme.example/${index}`,
        title: "ä".repeat(index === 5 ? MAX_READ_BYTES : 400),
      })),
    });
    const uri = `${ROOT}/${long.id}/pages.jsonl`;

    it("between lines, and says where it goes on", async () => {
      await connect(long);
      const parts: string[] = [];
      const notes: string[] = [];
      let next: string | null = uri;
      while (next !== null) {
        const { contents, meta } = await read(next);
        const [data, note, ...more] = contents;
        expect(more).toEqual([]);
        expect(Buffer.byteLength(data?.text ?? "")).toBeLessThanOrEqual(MAX_READ_BYTES);
        expect(data).toMatchObject({ uri: next, mimeType: "application/jsonl" });
        expect(note).toMatchObject({ uri: `${uri}#part`, mimeType: "text/plain" });
        parts.push(data?.text ?? "");
        notes.push(note?.text ?? "");
        next = meta.next;
        expect(note?.text).toContain(next === null ? "This is the last part." : `It goes on at ${next}`);
      }
      const lines = renderJsonLines(long).split(/(?<=\n)/);
      expect(parts.length).toBeGreaterThan(2);
      expect(parts.join("")).toBe(lines.filter((_, index) => index !== 5).join(""));
      expect(notes[0]).toMatch(/^Not data: this read holds lines 1 to \d+ of 700; one read returns at most 256 kB\./);
      expect(notes[0]).toContain('left out: line 6; "domain-pages-mcp export" writes them.');
      expect(notes[1]).not.toContain("left out");
    });

    it("and says that nothing is behind the end", async () => {
      await connect(long);
      const { contents } = await read(`${uri}?offset=700`);
      expect(contents.map(({ text }) => text)).toEqual([
        "",
        "Not data: there are only 700 lines, so nothing is behind this offset.",
      ]);
    });

    it("goes on in the list of snapshots, a record and a summary too", async () => {
      await connect(acme);
      for (const path of ["", `/${acme.id}`, `/${acme.id}/pages/p1`, `/${acme.id}/redirects.nginx`]) {
        const whole = await textOf(ROOT + path);
        const { contents } = await read(`${ROOT}${path}?offset=1`);
        expect(contents[0]?.text).toBe(whole.slice(whole.indexOf("\n") + 1));
        expect(contents[1]?.text).toMatch(/^Not data: this read holds lines 2 to \d+ of \d+; /);
      }
    });
  });

  it.each(["?offset=-1", "?offset=x", "?limit=5", "?offset=99999999999"])("refuses the query %s", async (query) => {
    await connect(acme);
    await expect(read(`${ROOT}/${acme.id}/rows.csv${query}`)).rejects.toThrow(
      "The only query of a resource is ?offset= with a number of lines to skip.",
    );
  });

  it.each(["?offset=", "?offset=null", "?_meta=1&toolCallId=call_0BC", "?offset=0&sessionId=7"])(
    "passes over what says nothing, and what a client added: %s",
    async (query) => {
      await connect(acme);
      expect(await textOf(`${ROOT}/${acme.id}/rows.csv${query}`)).toBe(await textOf(`${ROOT}/${acme.id}/rows.csv`));
    },
  );

  it.each(["", "/rows.csv", "/pages/p1", "/nothing.txt"])(
    "names the known snapshots for an unknown one, at %s",
    async (path) => {
      await connect(acme);
      await expect(read(`${ROOT}/s_nothere${path}`)).rejects.toMatchObject({
        code: -32602,
        data: { uri: `${ROOT}/s_nothere${path}` },
        message: expect.stringContaining(`kept: ${acme.id} (acme.example, 3 URLs, 2026-07-03 00:00 UTC)`),
      });
    },
  );

  it("names the handles there are for an unknown one", async () => {
    await connect(acme, other);
    await expect(read(`${ROOT}/${acme.id}/pages/p4`)).rejects.toThrow(
      `No such page in snapshot ${acme.id}: its handles are p1 to p3 (3 URLs fetched).`,
    );
    await expect(read(`${ROOT}/${other.id}/pages/p1`)).rejects.toThrow("it has no pages");
  });

  it("names the files there are for an unknown one", async () => {
    await connect(acme);
    await expect(read(`${ROOT}/${acme.id}/constructor`)).rejects.toThrow(
      `there are rows.csv, pages.csv, ${SNAPSHOT_FILE_NAMES.slice(2).join(", ")}, and pages/{handle}.`,
    );
  });

  it("gives a defect a reference and nothing else", async () => {
    const broken = async (): Promise<never> => {
      throw new TypeError("secret detail at /srv/app.ts:7");
    };
    await connectTo({ get: broken, list: broken, gone: broken });
    const failure = await read(ROOT).catch((error: Error) => error.message);
    const reference = /reference ([0-9a-f]{8})/.exec(String(failure))?.[1];
    expect(failure).not.toContain("secret detail");
    expect(logged.join("")).toContain(`"reference":"${reference}"`);
    expect(logged.join("")).toContain("secret detail");
  });

  describe("completes", () => {
    it.each<[string, string, PagesSnapshot[]]>([
      ["nothing to all ids, newest first", "", [acme, other, older]],
      ["the beginning of an id", acme.id.slice(0, 6), [acme]],
      ["a target's name to the ids of its snapshots", "Acme", [acme, older]],
      ["what is neither to nothing", "zzz", []],
    ])("%s", async (_what, typed, expected) => {
      await connect(older, acme, other);
      for (const path of ["", "/rows.csv", "/pages.csv", "/{file}", "/pages/{handle}"]) {
        const values = await complete(`${ROOT}/{snapshot_id}${path}`, "snapshot_id", typed);
        expect(values).toEqual(expected.map(({ id }) => id));
      }
    });

    it("handles of the snapshot in the same address", async () => {
      await connect(acme);
      const template = `${ROOT}/{snapshot_id}/pages/{handle}`;
      expect(await complete(template, "handle", "p", { snapshot_id: acme.id })).toEqual(["p1", "p2", "p3"]);
      expect(await complete(template, "handle", "p3", { snapshot_id: acme.id })).toEqual(["p3"]);
      expect(await complete(template, "handle", "p", { snapshot_id: "s_nothere" })).toEqual([]);
      expect(await complete(template, "handle", "p")).toEqual([]);
    });

    it("file names", async () => {
      await connect();
      const template = `${ROOT}/{snapshot_id}/{file}`;
      expect(await complete(template, "file", "")).toEqual(SNAPSHOT_FILE_NAMES);
      expect(await complete(template, "file", "redirects.n")).toEqual(["redirects.nginx", "redirects.netlify"]);
    });
  });
});
