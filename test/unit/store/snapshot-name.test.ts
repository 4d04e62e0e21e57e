import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultFolders } from "../../../src/store/private-files.ts";
import {
  isRequestKey,
  isSnapshotId,
  isUnfinished,
  parseGoneFile,
  parseSnapshotFile,
  toGoneFile,
  toSnapshotFile,
  toTenantFolder,
} from "../../../src/store/snapshot-name.ts";
import { anySnapshot } from "./any-snapshot.ts";
import { KEY, makeSnapshot } from "./make-snapshot.ts";

describe("snapshot name", () => {
  const FILE = `${KEY}.0mpp9mtc0.s_abcd1234.snap`;

  describe("the name of a snapshot's file", () => {
    it("tells key, time and id of any snapshot", () => {
      fc.assert(
        fc.property(anySnapshot, (snapshot) => {
          const { id, requestKey, fetchedAt } = snapshot;
          const file = toSnapshotFile(snapshot) ?? "";
          expect(parseSnapshotFile(file)).toEqual({ file, id, requestKey, time: fetchedAt ?? 0 });
        }),
      );
    });

    it("sorts by time within a key", () => {
      const times = [null, 1, 35, 36, 999_999_999_999, 1_780_000_000_000, 2_900_000_000_000];
      const files = times.map((fetchedAt) => toSnapshotFile({ ...makeSnapshot(), fetchedAt }));
      expect([...files].sort()).toEqual(files);
    });

    it.each([
      ["before 1970", -5, 0],
      ["with a fraction of a ms", 7.9, 7],
      ["after the last day it can tell", 1e300, 36 ** 9 - 1],
    ])("tells a time %s as near as it can", (_what, fetchedAt, time) => {
      expect(parseSnapshotFile(toSnapshotFile({ ...makeSnapshot(), fetchedAt }) ?? "")?.time).toBe(time);
    });

    it.each([
      ["a key that is none", { requestKey: "key" }],
      ["a key that leads elsewhere", { requestKey: "../../../../../../../../tmp/abcd" }],
      ["an id that leads elsewhere", { id: "../../evil" }],
      ["a time that is none", { fetchedAt: Number.NaN }],
    ])("is refused to %s", (_what, facts) => {
      expect(toSnapshotFile({ ...makeSnapshot(), ...facts })).toBeUndefined();
    });

    it("is seen in what a removed one leaves behind, and that is no snapshot", () => {
      const gone = toGoneFile(FILE);
      expect(gone).toBe(`${FILE}.gone`);
      expect(parseGoneFile(gone)).toEqual({ ...parseSnapshotFile(FILE), file: gone });
      expect(parseSnapshotFile(gone)).toBeUndefined();
      for (const file of [FILE, `${gone}.gone`, "x.snap.gone", ".gone", `${gone}.12`]) {
        expect(parseGoneFile(file)).toBeUndefined();
      }
    });

    it.each(["", "notes.txt", `${FILE}.123`, `x${FILE}`, FILE.toUpperCase(), `${FILE}\n`, FILE.replace("s_", "t_")])(
      "is not seen in %j",
      (file) => {
        expect(parseSnapshotFile(file)).toBeUndefined();
      },
    );

    it.each([
      [`${FILE}.4294967295`, true],
      [`${FILE}.7`, true],
      [`${FILE}.gone.7`, true],
      [`${FILE}.gone`, false],
      [FILE, false],
      [`${FILE}.`, false],
      ["notes.snap.12", false],
      [`${FILE}.12.txt`, false],
    ])("says of %s whether a killed writer left it: %j", (file, expected) => {
      expect(isUnfinished(file)).toBe(expected);
    });
  });

  it.each(["s_abcd1234", "s_00000000"])("takes %s for an id", (id) => {
    expect(isSnapshotId(id)).toBe(true);
  });

  it.each(["", "s_", "s_ABCD1234", "s_abcd12345", "s_abcd1234\n", "../s_abcd1234", "s_abc/1234"])(
    "does not take %j for an id",
    (id) => {
      expect(isSnapshotId(id)).toBe(false);
    },
  );

  it("takes 32 hexadecimal digits for a key, and nothing else", () => {
    expect([KEY, KEY.slice(1), `${KEY}0`, KEY.toUpperCase(), `${KEY}\n`].map(isRequestKey)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("the folder of a tenant", () => {
  it.each(["marketing", "team-7", "a"])("is its name where that is plain: %s", (name) => {
    expect(toTenantFolder(name)).toBe(name);
  });

  it.each(["..", ".", "", "A", "a/b", "a\\b", "~x", "a.b", "sub:1", "é", "con ", "x".repeat(64), "a\u0000"])(
    "is a hash of anything else: %j",
    (name) => {
      expect(toTenantFolder(name)).toMatch(/^~[0-9a-f]{40}$/);
    },
  );

  it("is never shared by two, on file systems that ignore case neither", () => {
    const name = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z~._-]{1,4}$/));
    fc.assert(
      fc.property(name, name, (a, b) => {
        fc.pre(a !== b);
        expect(toTenantFolder(a).toLowerCase()).not.toBe(toTenantFolder(b).toLowerCase());
      }),
    );
  });
});

describe("folders", () => {
  it("names two folders of the user's own, after the program", async () => {
    const { cache, data } = await defaultFolders();
    expect(cache).not.toBe(data);
    for (const folder of [cache, data]) {
      expect(path.isAbsolute(folder)).toBe(true);
      expect(folder).toContain("domain-pages-mcp");
      expect(folder).not.toContain("nodejs");
    }
  });
});
