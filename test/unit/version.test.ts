import { describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.ts";
import { isSupportedNode } from "../../src/version.ts";
import { createTestIo } from "../support/test-io.ts";

describe("the version of Node", () => {
  it.each([
    ["18.20.4", false],
    ["20.18.0", false],
    ["20.18.1", true],
    ["20.19.0", true],
    ["24.0.0", true],
    ["20", false],
  ])("%s will do: %s", (version, isSupported) => {
    expect(isSupportedNode(version)).toBe(isSupported);
  });

  it("that is too old is refused before anything is done, with what to do", async () => {
    const io = createTestIo(["get", "acme.example"]);
    expect(await run({ ...io, nodeVersion: "18.20.4" })).toBe(2);
    expect(io.written("stderr")).toBe(
      "domain-pages-mcp: Node 18.20.4 is too old: 20.18.1 or later is needed. Install a newer Node, or name one as the command in the host's configuration.\n",
    );
    expect(io.written("stdout")).toBe("");
  });

  it("does not keep anybody from asking for help or the version", async () => {
    expect(await run({ ...createTestIo(["--version"]), nodeVersion: "18.20.4" })).toBe(0);
  });
});
