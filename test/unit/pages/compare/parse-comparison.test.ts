import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/errors.ts";
import { parseComparison } from "../../../../src/pages/compare/parse-comparison.ts";
import { caught } from "../../../support/caught.ts";

describe("which two are compared", () => {
  const [a, b] = ["s_aaaaaaaa", "s_bbbbbbbb"];
  it.each<[string, unknown, object]>([
    ["two ids", { snapshot_id: a, other_snapshot_id: b }, { first: { snapshotId: a }, second: { snapshotId: b } }],
    [
      "two targets",
      { target: "a.example", other_target: "b.example" },
      { first: { target: "a.example" }, second: { target: "b.example" } },
    ],
    [
      "an id and a target",
      { snapshot_id: a, other_target: "b.example" },
      { first: { snapshotId: a }, second: { target: "b.example" } },
    ],
    [
      "a target and an id",
      { target: "a.example", other_snapshot_id: b },
      { first: { target: "a.example" }, second: { snapshotId: b } },
    ],
    [
      "an id and the newest of its target",
      { snapshot_id: a, target: "a.example" },
      { first: { snapshotId: a }, second: { target: "a.example" }, secondPrefix: "" },
    ],
    [
      "space, null and empty text",
      { snapshot_id: ` ${a}\n`, target: null, other_target: "", other_snapshot_id: b },
      { first: { snapshotId: a }, second: { snapshotId: b }, secondPrefix: "other_" },
    ],
    [
      "targets as people paste them",
      { target: "sc-domain:a.example", other_target: ["https://www.b.example/x"] },
      {
        first: { target: "a.example" },
        second: { target: "b.example" },
        notes: [
          'target "sc-domain:a.example" read as "a.example"',
          'other_target "https://www.b.example/x" read as "b.example"; this endpoint takes no path',
        ],
      },
    ],
    [
      "arguments as JSON text",
      `{"snapshot_id":"${a}","other_snapshot_id":"${b}"}`,
      { first: { snapshotId: a }, second: { snapshotId: b } },
    ],
  ])("is read from %s", (_what, input, expected) => {
    expect(parseComparison(input)).toMatchObject(expected);
  });

  it.each<[unknown, string, string[]]>([
    [
      {},
      'snapshot_id: is required, or target; for example {"target":"acme.example","other_target":"example.com"}\nother_snapshot_id: is required, or other_target; ',
      ["snapshot_id", "other_snapshot_id"],
    ],
    [{ target: "a.example" }, "other_snapshot_id: is required, or other_target; ", ["other_snapshot_id"]],
    [{ other_target: "a.example" }, "snapshot_id: is required, or target; ", ["snapshot_id"]],
    [
      { snapshotId: "x" },
      '"snapshotId": unknown argument; did you mean "snapshot_id"? The arguments are snapshot_id, other_snapshot_id, target, other_target',
      ['"snapshotId"'],
    ],
    [
      { other_snapshot: "x", target: 7 },
      '"other_snapshot": unknown argument; did you mean "other_snapshot_id"?',
      ['"other_snapshot"', "target"],
    ],
    [{ snapshot_id: ["s_a"] }, "snapshot_id: must be text, got an array of 1; ", ["snapshot_id"]],
    [{ target: ["a.example", "b.example"] }, "target: is 2 domains, and one call takes one", ["target"]],
    [["s_aaaaaaaa", "s_bbbbbbbb"], "arguments: must be an object, got an array of 2", ["arguments"]],
  ])("is refused for %j", (input, message, refused) => {
    const error = caught(() => parseComparison(input));
    expect(error).toBeInstanceOf(AppError);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ kind: "input", facts: { charge: "not_charged", refused } });
  });
});
