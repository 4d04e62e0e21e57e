import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFollower } from "../../src/spend/ledger/file-ledger.ts";
import { encodeRecord } from "../../src/spend/ledger/records.ts";
import { FACTS } from "../support/ledger-facts.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "follower-"));
});
afterAll(() => rm(folder, { recursive: true }));

const record = (index: number, micros: number) =>
  encodeRecord({
    type: "reserve",
    id: `p_${String(index).padStart(22, "0")}`,
    at: index,
    ...FACTS,
    target: "bücher.example",
    micros,
    budgetMicros: 100,
  });

describe("a file read while it grows", () => {
  const parts = fc.array(fc.oneof(fc.nat(30).map(String), fc.string({ unit: "binary", maxLength: 40 })), {
    maxLength: 12,
  });
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

  it("comes to the same as one that is read whole, wherever the pieces end", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(parts, cuts, async (all, at) => {
        const texts = all.map((part, index) => (/^\d+$/.test(part) ? record(index, Number(part)) : part));
        const bytes = Buffer.from(texts.join(""), "utf8");
        const file = path.join(folder, `${run++}.jsonl`);
        const follow = createFollower(file);
        let written = 0;
        await writeFile(file, "");
        for (const end of [
          ...at.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b),
          bytes.length,
        ]) {
          await appendFile(file, bytes.subarray(written, end));
          written = end;
          await follow();
        }
        expect(await follow()).toEqual(await createFollower(file)());
      }),
    );
  });

  it("is read on, not read again", async () => {
    const file = path.join(folder, "grows.jsonl");
    const follow = createFollower(file);
    await writeFile(file, record(0, 1));
    const fold = await follow();
    for (let index = 1; index < 30; index++) {
      await appendFile(file, record(index, 1));
      expect(await follow()).toBe(fold);
      expect(fold.countedMicros).toBe(index + 1);
    }
  });
});
