import { expect, it } from "vitest";
import { EXPORT_FILES, exportSnapshot } from "../../../src/library/pages.ts";
import { SNAPSHOT_FILES } from "../../../src/pages/export/snapshot-files.ts";
import { sandboxSnapshot } from "../../support/sandbox-answer.ts";

const snapshot = sandboxSnapshot({ target: "acme.example", limit: 30 });

it("lists every file that the server has, each with what is in it", () => {
  expect(EXPORT_FILES.map(({ name }) => name)).toEqual(Object.keys(SNAPSHOT_FILES));
  for (const { mimeType, says, title } of EXPORT_FILES) expect([mimeType, says, title]).not.toContain("");
});

it.each(EXPORT_FILES.map(({ name }) => name))("writes the server's own bytes of %s", async (name) => {
  const text = await exportSnapshot(snapshot, name);
  expect(text).toBe(await SNAPSHOT_FILES[name].render(snapshot));
  expect(text).toMatch(/\n$/);
});

it.each(["pages.xlsx", "toString", undefined])("names the files that there are when asked for %s", async (name) => {
  await expect(exportSnapshot(snapshot, name as "rows.csv")).rejects.toMatchObject({
    name: "AppError",
    kind: "input",
    message: expect.stringMatching(/^file: must be one of rows\.csv, /),
  });
});
