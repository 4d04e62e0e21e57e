import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeInfo,
  decodeSnapshot,
  encodeSnapshot,
  MAX_HEADER_BYTES,
  readHeader,
  toSha256,
  writeHeader,
} from "../../../src/store/snapshot-file.ts";
import { toSnapshotInfo } from "../../../src/store/snapshot-name.ts";
import { anySnapshot } from "./any-snapshot.ts";
import { makeSnapshot } from "./make-snapshot.ts";

describe("a snapshot's file", () => {
  it("gives back any snapshot as it was", async () => {
    await fc.assert(
      fc.asyncProperty(anySnapshot, async (snapshot) => {
        expect(await decodeSnapshot(await encodeSnapshot(snapshot))).toEqual(snapshot);
      }),
    );
  });

  it("tells all but the pages by its first line", async () => {
    await fc.assert(
      fc.asyncProperty(anySnapshot, async (snapshot) => {
        const bytes = await encodeSnapshot(snapshot);
        const start = bytes.subarray(0, bytes.indexOf("\n") + 1);
        expect(decodeInfo(start, bytes.length)).toEqual(toSnapshotInfo(snapshot));
        expect(decodeInfo(start, bytes.length - 1)).toBe("damaged");
      }),
    );
  });

  it("keeps what the upstream sends and we do not read", async () => {
    const odd = JSON.parse('{"page":"https://acme.example/","__proto__":{"a":1},"new":[{"b":null}],"lone":"\\ud800"}');
    const decoded = await decodeSnapshot(await encodeSnapshot(makeSnapshot({ items: [odd] })));
    expect(decoded === "damaged" ? decoded : JSON.stringify(decoded.items[0]?.raw)).toBe(JSON.stringify(odd));
  });

  it.each([
    ["a charge that is no number", { charge: { kind: "reported" as const, usd: Number.NaN } }],
    ["a header that is too long", { request: { target: "a".repeat(MAX_HEADER_BYTES) } }],
  ])("is not made with %s, since it could not be read back", async (_what, facts) => {
    await expect(encodeSnapshot(makeSnapshot(facts))).rejects.toThrow();
  });
});

describe("a damaged file", () => {
  it("is known for one by any single bit that changed", async () => {
    const bytes = await encodeSnapshot(makeSnapshot());
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(await decodeSnapshot(copy)).toBe("damaged");
    }
  });

  it("is known for one by any part that is missing, doubled or overwritten", async () => {
    const bytes = await encodeSnapshot(makeSnapshot());
    const place = fc.nat(bytes.length);
    await fc.assert(
      fc.asyncProperty(place, place, fc.uint8Array({ maxLength: 20 }), async (a, b, between) => {
        const changed = Buffer.concat([bytes.subarray(0, a), between, bytes.subarray(b)]);
        fc.pre(!changed.equals(bytes));
        expect(await decodeSnapshot(changed)).toBe("damaged");
        expect(await decodeSnapshot(bytes.subarray(0, Math.min(a, bytes.length - 1)))).toBe("damaged");
      }),
      { numRuns: 1000 },
    );
  });

  it("is anything else that somebody puts there", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await decodeSnapshot(Buffer.from(bytes))).toBe("damaged");
      }),
    );
  });

  it("is not made whole by the header of one and the body of another", async () => {
    const [a, b] = await Promise.all(
      [{ totalCount: 1 }, { totalCount: 2, items: [{ page: "x" }] }].map((facts) =>
        encodeSnapshot(makeSnapshot(facts)),
      ),
    );
    if (a === undefined || b === undefined) throw new Error("two were made");
    const mixed = Buffer.concat([a.subarray(0, a.indexOf("\n") + 1), b.subarray(b.indexOf("\n") + 1)]);
    expect(await decodeSnapshot(mixed)).toBe("damaged");
  });
});

describe("a forged file, sealed as ours are", () => {
  async function forge(body: Buffer, facts: object = {}) {
    const read = readHeader(await encodeSnapshot(makeSnapshot()));
    if (read === "damaged") throw new Error("it was just made");
    const header = { ...read.header, bodyBytes: body.length, bodySha256: toSha256(body), ...facts };
    return Buffer.concat([writeHeader(header), body]);
  }

  const one = '[{"page":"https://acme.example/"}]';

  it("is read where all fits together", async () => {
    expect(await decodeSnapshot(await forge(gzipSync(one), { itemsBytes: one.length }))).toMatchObject({
      items: [{ url: "https://acme.example/" }],
    });
  });

  it.each([
    ["holds more than it says, as a gzip bomb does", gzipSync(Buffer.alloc(64 << 20)), { itemsBytes: 100 }],
    ["is no gzip", Buffer.from(one), { itemsBytes: one.length }],
    ["is no JSON", gzipSync("[{]"), { itemsBytes: 3 }],
    ["is no list", gzipSync("{}"), { itemsBytes: 2, pageCount: 0 }],
    ["has another number of pages", gzipSync(one), { itemsBytes: one.length, pageCount: 2 }],
    ["says that nothing is in it", gzipSync(one), { itemsBytes: 0 }],
  ])("is damaged when its body %s", async (_what, body, facts) => {
    expect(await decodeSnapshot(await forge(body, facts))).toBe("damaged");
  });

  async function forgeHeader(facts: object) {
    const bytes = await encodeSnapshot(makeSnapshot());
    const end = bytes.indexOf("\n");
    const { sha256: _seal, ...fields } = JSON.parse(bytes.toString("utf8", 0, end));
    const opening = JSON.stringify({ ...fields, ...facts }).slice(0, -1);
    const sealed = `${opening},"sha256":"${toSha256(opening)}"}`;
    return Buffer.concat([Buffer.from(sealed), bytes.subarray(end)]);
  }

  it("is read with another header where that fits too", async () => {
    expect(await decodeSnapshot(await forgeHeader({ totalCount: 99 }))).toMatchObject({ totalCount: 99 });
  });

  it.each([
    ["is of another version", { format: 2 }],
    ["has no request", { request: undefined }],
    ["has a request without a target", { request: { limit: 3 } }],
    ["has filters in another form", { request: { target: "a.example", filters: ["rank", ">", 1] } }],
    [
      "has a group of what is no filter",
      { request: { target: "a", filters: { kind: "group", join: "and", members: [1] } } },
    ],
    ["has an order in another form", { request: { target: "a.example", order_by: ["rank,desc"] } }],
    ["has a source that we do not know", { source: "elsewhere" }],
    ["has a charge that we do not know", { charge: { kind: "lots" } }],
  ])("is damaged when its header %s", async (_what, facts) => {
    expect(await decodeSnapshot(await forgeHeader(facts))).toBe("damaged");
  });
});
