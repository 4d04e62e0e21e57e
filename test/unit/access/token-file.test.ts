import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTenantName, SCOPES } from "../../../src/access/principal.ts";
import { createFollowedTokenFile } from "../../../src/access/token-book.ts";
import {
  createStaticToken,
  isTokenName,
  parseTokenEntries,
  renderTokenEntries,
  type TokenEntry,
  type TokenFileLook,
  toTokenDigest,
  toTokenId,
} from "../../../src/access/token-file.ts";
import { AppError } from "../../../src/errors.ts";
import { caught } from "../../support/caught.ts";

describe("followed token file", () => {
  const entry = (name: string): TokenEntry => ({
    id: "abcdefgh",
    name,
    sha256: "0".repeat(64),
    scopes: ["pages:read"],
    tenant: null,
    daily_budget_usd: null,
    calls_per_minute: null,
    created: "2026-11-24T09:30:00.000Z",
    expires: null,
  });

  /** A file on a disk whose clock has long ticks: every writing within one leaves the same mark. */
  async function open() {
    let time = 1_000_000;
    const disk = { text: renderTokenEntries([entry("a")]), mark: "tick 1", writtenAtMs: time, reads: 0 };
    const seen: string[][] = [];
    const read = async (_file: string, seenMark?: string): Promise<TokenFileLook> => {
      if (seenMark === disk.mark) return { kind: "same" };
      disk.reads += 1;
      return {
        kind: "read",
        text: disk.text,
        mark: disk.mark,
        writtenAtMs: disk.writtenAtMs,
        mode: 0o600,
        isDetached: false,
      };
    };
    const look = await createFollowedTokenFile({
      path: "tokens.json",
      isNamed: true,
      onEntries: (entries) => seen.push(entries.map(({ name }) => name)),
      onProblem: () => {},
      now: () => time,
      read,
    });
    const pass = async (ms: number) => {
      time += ms;
      await look(1000);
    };
    return { disk, seen, look, pass };
  }

  describe("a token file that is followed", () => {
    it("is read again while its time cannot tell two writings apart", async () => {
      const { disk, seen, pass } = await open();
      await pass(1000);
      disk.text = renderTokenEntries([entry("b")]);
      await pass(1000);
      expect(seen).toEqual([["a"], ["b"]]);
    });

    it("is not read again once its time can", async () => {
      const { disk, pass } = await open();
      await pass(1000);
      await pass(1000);
      const { reads } = disk;
      await pass(1000);
      await pass(60_000);
      expect(disk.reads).toBe(reads);
    });

    it("is looked at by the first of many callers, and the others wait for it", async () => {
      const { disk, seen, look, pass } = await open();
      disk.text = renderTokenEntries([entry("b")]);
      const { reads } = disk;
      await Promise.all([pass(1000), look(1000), look(1000), look(0)]);
      expect(disk.reads).toBe(reads + 1);
      expect(seen).toEqual([["a"], ["b"]]);
    });

    it("is read by nobody while the last look is young enough", async () => {
      const { disk, pass } = await open();
      const { reads } = disk;
      await pass(999);
      expect(disk.reads).toBe(reads);
    });
  });
});

describe("token entries", () => {
  const SECRET = `dpm_abcdefgh_${"S".repeat(43)}`;

  const entry = (more: object = {}): TokenEntry => ({
    id: "abcdefgh",
    name: "alice",
    sha256: "0".repeat(64),
    scopes: ["pages:read"],
    tenant: "team-a",
    daily_budget_usd: 2.5,
    calls_per_minute: 30,
    created: "2026-11-24T09:30:00.000Z",
    expires: null,
    ...more,
  });

  const read = (tokens: unknown, more: object = {}) =>
    parseTokenEntries(JSON.stringify({ version: 1, tokens, ...more }), "tokens.json");

  const refusal = (call: () => unknown): string => {
    const error = caught(call);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).kind).toBe("config");
    return error.message;
  };

  describe("a token file", () => {
    it("may be empty of tokens", () => {
      expect(read([])).toEqual([]);
    });

    it.each([
      [{ id: "ABCDEFGH" }, "tokens[1] (alice).id must be 8 of a-z 0-9"],
      [{ name: "a b" }, "tokens[1].name must be 1 to 64"],
      [{ name: "" }, "tokens[1].name must be"],
      [{ name: SECRET }, "tokens[1].name must be"],
      [{ name: undefined }, "tokens[1].name must be"],
      [{ sha256: SECRET }, "tokens[1] (alice).sha256 must be the SHA-256"],
      [{ sha256: "A".repeat(64) }, "sha256 must be"],
      [{ scopes: [] }, "tokens[1] (alice).scopes must be a list of one or more of pages:read"],
      [{ scopes: "pages:read" }, "tokens[1] (alice).scopes must be a list"],
      [{ scopes: ["pages:read", "all"] }, "tokens[1] (alice).scopes[1] must be one of pages:read"],
      [{ tenant: "" }, "tenant must be null, or a name"],
      [{ tenant: "a b" }, "tenant must be"],
      [{ tenant: undefined }, "tenant must be"],
      [{ daily_budget_usd: -1 }, "daily_budget_usd must be null, or an amount"],
      [{ daily_budget_usd: "2" }, "daily_budget_usd must be"],
      [{ calls_per_minute: 0 }, "calls_per_minute must be null, or a whole number"],
      [{ calls_per_minute: 1.5 }, "calls_per_minute must be"],
      [{ created: "yesterday" }, "created must be a time such as"],
      [{ expires: "2026-13-01T00:00:00Z" }, "expires must be null, or a time such as"],
      [{ expires: 1_800_000_000 }, "expires must be"],
      [{ scope: "pages:read" }, 'tokens[1] (alice) has "scope", which is not known; its fields are id, name, sha256'],
      [{ [SECRET]: 1 }, "tokens[1] (alice) has a field, which is not known"],
    ])("with %j in its second entry is refused, field and rule named", (more, words) => {
      const message = refusal(() => read([entry(), entry({ id: "ijklmnop", ...more })]));
      expect(message).toContain(`tokens.json: `);
      expect(message).toContain(words);
      expect(message).not.toContain("SSSS");
    });

    it.each([
      ["", "is not JSON"],
      [`{"version":1,\n"tokens":[${SECRET}]}`, "is not JSON"],
      ["[]", "must be an object"],
      ["null", "must be an object"],
      ['{"tokens":[]}', "version must be 1"],
      ['{"version":2,"tokens":[]}', "version must be 1"],
      ['{"version":1}', "tokens must be a list"],
      ['{"version":1,"tokens":{}}', "tokens must be a list"],
      ['{"version":1,"tokens":[null]}', "tokens[0]"],
      ['{"version":1,"tokens":[],"more":1}', 'has "more", which is not known; its fields are version, tokens'],
    ])("of %j is refused", (text, words) => {
      const message = refusal(() => parseTokenEntries(text, "tokens.json"));
      expect(message).toContain(words);
      expect(message).not.toContain("SSSS");
    });

    it("names ten problems and counts the rest", () => {
      const lines = refusal(() => read(Array.from({ length: 14 }, () => entry({ id: 7 })))).split("\n");
      expect(lines).toHaveLength(11);
      expect(lines[10]).toBe("tokens.json: 4 more problems");
    });

    it("has each name and each id once", () => {
      expect(refusal(() => read([entry(), entry({ id: "ijklmnop" })]))).toContain("two tokens have the name alice");
      expect(refusal(() => read([entry(), entry({ name: "bob" })]))).toContain("two tokens have the id abcdefgh");
    });

    it("comes back from its text as it was", () => {
      const when = fc
        .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
        .map((date) => date.toISOString());
      const entries = fc.uniqueArray(
        fc.record({
          id: fc.stringMatching(/^[0-9a-z]{8}$/),
          name: fc.stringMatching(/^[A-Za-z0-9._@-]{1,64}$/).filter(isTokenName),
          sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
          scopes: fc.subarray([...SCOPES], { minLength: 1 }),
          tenant: fc.option(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(isTenantName)),
          daily_budget_usd: fc.option(fc.double({ min: 0, max: 1_000_000, noNaN: true }).map((usd) => usd + 0)),
          calls_per_minute: fc.option(fc.integer({ min: 1, max: 10_000 })),
          created: when,
          expires: fc.option(when),
        }),
        {
          selector: ({ id, name }) => id + name,
          comparator: (a, b) => a.slice(0, 8) === b.slice(0, 8) || a.slice(8) === b.slice(8),
        },
      );
      fc.assert(
        fc.property(entries, (made) => {
          expect(parseTokenEntries(renderTokenEntries(made), "made")).toEqual(made);
        }),
        { endOnFailure: true },
      );
    });

    it("is read, or refused as a bad setting, whatever it is", () => {
      fc.assert(
        fc.property(fc.oneof(fc.json(), fc.string()), fc.constantFrom("whole", "tokens", "entry"), (text, at) => {
          const value = at === "whole" ? text : `{"version":1,"tokens":${at === "tokens" ? text : `[${text}]`}}`;
          try {
            parseTokenEntries(value, "f");
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            expect((error as AppError).kind).toBe("config");
          }
        }),
        { endOnFailure: true },
      );
    });
  });

  describe("a static token", () => {
    it("is new each time and carries its id", () => {
      const made = Array.from({ length: 200 }, createStaticToken);
      expect(new Set(made.map(({ token }) => token)).size).toBe(200);
      for (const { id, token } of made) {
        expect(token).toMatch(/^dpm_[0-9a-z]{8}_[A-Za-z0-9_-]{43}$/);
        expect(toTokenId(token)).toBe(id);
      }
    });

    it.each([
      "",
      "dpm_",
      SECRET.slice(0, -1),
      `${SECRET}S`,
      ` ${SECRET}`,
      `${SECRET}\n`,
      SECRET.toUpperCase(),
      SECRET.replace("abcdefgh", "ABCDEFGH"),
      SECRET.replace(/S$/, "="),
    ])("of the form %j is none", (text) => {
      expect(toTokenId(text)).toBeUndefined();
    });

    it("is kept as the SHA-256 of the whole of it", () => {
      // Made with sha256sum.
      expect(toTokenDigest("dpm_test").toString("hex")).toBe(
        "301ded7f4ea87d33ee74de7a70d50d50c07cfcce4ed30ab69f053fd93301a128",
      );
    });
  });
});
