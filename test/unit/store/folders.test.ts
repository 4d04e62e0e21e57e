import path from "node:path";
import { expect, it } from "vitest";
import { defaultFolders } from "../../../src/store/private-files.ts";

it("names two folders of the user's own, after the program", async () => {
  const { cache, data } = await defaultFolders();
  expect(cache).not.toBe(data);
  for (const folder of [cache, data]) {
    expect(path.isAbsolute(folder)).toBe(true);
    expect(folder).toContain("domain-pages-mcp");
    expect(folder).not.toContain("nodejs");
  }
});
