import { describe, expect, it } from "vitest";
import { findArrival } from "../../clients/support/arrival.ts";

const SENT = {
  text: 'first line\np1,/,"A title"\np2,/blog,"Another"',
  structured: {
    rows: [
      ["p1", "/"],
      ["p2", "/blog"],
    ],
    total: 2,
  },
  isError: false,
};
const BLOCK = JSON.stringify({ type: "text", text: SENT.text });
const STRUCTURED = JSON.stringify(SENT.structured);

describe("how an answer arrived", () => {
  it.each([
    ["the text as it is", [SENT.text], { text: true, structured: false, wrapping: "none" }],
    ["the structured form as it is", [STRUCTURED], { text: false, structured: true, wrapping: "none" }],
    ["both, each a piece of its own", [SENT.text, STRUCTURED], { text: true, structured: true, wrapping: "none" }],
    ["the text in a block", [BLOCK], { text: true, structured: false, wrapping: "JSON" }],
    ["a block, made a string twice", [JSON.stringify([BLOCK])], { text: true, structured: false, wrapping: "JSON" }],
    ["the text among words", [`Tool said: ${SENT.text}!`], { text: true, structured: false, wrapping: "words" }],
    [
      "both inside one object",
      [JSON.stringify({ content: [SENT.text], structuredContent: SENT.structured })],
      { text: true, structured: true, wrapping: "JSON" },
    ],
    [
      "the structured form with its keys in another order",
      [JSON.stringify({ total: 2, rows: SENT.structured.rows })],
      { text: false, structured: true, wrapping: "none" },
    ],
  ])("is found for %s", (_what, pieces, expected) => {
    expect(findArrival(pieces, SENT)).toEqual({ ...expected, missing: [] });
  });

  it.each([
    ["nothing", [], ["first line", 'p1,/,"A title"', 'p2,/blog,"Another"']],
    ["a text that was cut", [SENT.text.slice(0, -3)], ['p2,/blog,"Another"']],
    ["a structured form with a row less", [JSON.stringify({ rows: [["p1", "/"]], total: 2 })], SENT.text.split("\n")],
    ["a text whose quotes were changed", [SENT.text.replaceAll('"', "'")], ['p1,/,"A title"', 'p2,/blog,"Another"']],
    ["an object where the server sent text", ["[object Object]"], SENT.text.split("\n")],
  ])("is a loss for %s, and says what is missing", (_what, pieces, missing) => {
    expect(findArrival(pieces, SENT)).toMatchObject({ text: false, structured: false, missing });
  });

  it("knows of no structured form where the server sent none", () => {
    const refusal = { text: "No.\nNot charged.", structured: undefined, isError: true };
    expect(findArrival(["No.\nNot charged."], refusal)).toMatchObject({
      text: true,
      structured: false,
      wrapping: "none",
    });
    expect(findArrival(["ToolException: No.\nNot charged."], refusal)).toMatchObject({ text: true, wrapping: "words" });
  });
});
