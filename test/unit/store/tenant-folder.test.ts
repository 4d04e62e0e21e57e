import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toTenantFolder } from "../../../src/store/snapshot-name.ts";

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
