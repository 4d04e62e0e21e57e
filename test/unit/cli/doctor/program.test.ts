import { expect, it } from "vitest";
import { beginExamination } from "../../../../src/cli/doctor/examination.ts";
import { readSettings } from "../../../../src/cli/doctor/read-settings.ts";
import { program } from "../../../../src/cli/doctor/set-up.ts";
import { createTestIo } from "../../../support/test-io.ts";

it.each([
  ["20.18.1", "ok"],
  ["20.18.2", "ok"],
  ["20.20.0", "ok"],
  ["24.0.0-nightly", "ok"],
  ["100.0.0", "ok"],
  ["20.18.0", "FAIL"],
  ["20.9.9", "FAIL"],
  ["18.20.4", "FAIL"],
])("Node %s is %s", async (nodeVersion, verdict) => {
  const io = { ...createTestIo(["doctor"]), nodeVersion };
  const limits = { totalMs: 1000, connectMs: 1000, callMs: 1000 };
  expect(await program.look(beginExamination(readSettings({}, {}), {}, io, limits))).toMatchObject([{ verdict }]);
});
