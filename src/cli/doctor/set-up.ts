import { createUpstreamClient } from "../../compose/upstreams.ts";
import { countOf } from "../../lists/text.ts";
import { DOMAIN_PAGES } from "../../pages/domain-pages.ts";
import { isSupportedNode, NODE_RANGE, PRODUCT } from "../../version.ts";
import { type Check, type Finding, fail, note, ok, skip, TINY_REQUEST } from "./examination.ts";

export const program: Check = {
  name: "program",
  says: "the version of the program, and whether Node is new enough",
  where: "here",
  look: async ({ nodeVersion }) => {
    const needed = NODE_RANGE.replace(/^>=/, "");
    const says = `${PRODUCT.name} ${PRODUCT.version} on Node ${nodeVersion}`;
    if (isSupportedNode(nodeVersion)) return [ok(`${says} (${needed} or later is needed)`)];
    return [fail("usage", `${says}, which is too old: ${needed} or later is needed`, "Install a newer Node.")];
  },
};

export const settings: Check = {
  name: "settings",
  says: "whether every setting can be read, what counts as unset, what has another name today",
  where: "here",
  look: async ({ settings: { problems, ignored, former }, config, isLive }) => {
    const source = isLive ? `answers come from the gateway at ${config.baseUrl}` : "answers come from the sandbox";
    return [
      ...problems.map((problem) =>
        fail("usage", problem, "Correct it: no other command starts before that. What follows leaves it out."),
      ),
      ...(problems.length === 0 ? [ok(`read; ${source}`)] : []),
      ...[...ignored, ...former].map((what) => note(what)),
    ];
  },
};

const VARIABLE = "AISA_API_KEY";
const PREFIX = "sk-aisa-";

/** Documented is the prefix alone; shorter than this is a piece of a key, longer is several. */
const MIN_CHARS = 20;
const MAX_CHARS = 200;

/** What guides write where the reader's own key belongs. */
const PLACEHOLDER = /your|xxx|\.\.\.|…|<|>|\*\*|change|replace|example|placeholder|key[-_]?here/i;

const COPY_ANEW = `Copy the key anew from your AIsa account into ${VARIABLE}.`;

/** Whether the key looks like one. Nothing of it is shown beyond the prefix that all keys have. */
export const key: Check = {
  name: "key",
  says: "whether there is a key, and whether it has the shape of one",
  where: "here",
  look: async ({ config: { apiKey, source }, isLive, findLeftOut }) => {
    const leftOut = findLeftOut(VARIABLE);
    if (leftOut !== undefined) return [skip(leftOut)];
    if (apiKey === undefined) {
      return [
        note("none: real domains need one", `Set ${VARIABLE} to the key of your AIsa account, and run doctor again.`),
      ];
    }
    const unused = note(
      `there is one, but DOMAIN_PAGES_SOURCE is ${source}`,
      "Take that setting away, or set it to auto, to have real domains answered.",
    );
    return [judgeShape(apiKey), ...(isLive ? [] : [unused])];
  },
};

function judgeShape(apiKey: string): Finding {
  const hasPrefix = apiKey.startsWith(PREFIX);
  const shape = `${hasPrefix ? `starts with ${PREFIX}` : `does not start with ${PREFIX}`}, ${apiKey.length} characters, from ${VARIABLE}`;
  const odd = findOddity(apiKey, hasPrefix);
  return odd === undefined ? ok(shape) : note(`${shape}; ${odd}`, COPY_ANEW);
}

function findOddity(apiKey: string, hasPrefix: boolean): string | undefined {
  if (/["'`“”]/.test(apiKey)) return "it has quotation marks in it, which belong to no key";
  if (PLACEHOLDER.test(apiKey)) return "it looks like the placeholder of a guide";
  if (!hasPrefix) return "keys of AIsa do";
  if (apiKey.indexOf(PREFIX, 1) !== -1) return "the prefix comes twice, as when a key was pasted twice";
  if (apiKey.length < MIN_CHARS) return "that is short for a key";
  return apiKey.length > MAX_CHARS ? "that is long for a key" : undefined;
}

/** Really asks the sandbox, through everything that a real call passes. */
export const sandbox: Check = {
  name: "sandbox",
  says: "whether the sandbox answers, through all that a real call passes",
  where: "sandbox",
  look: async ({ config, upstream, now, signal }) => {
    const { fetchList } = await createUpstreamClient(config, await upstream(), () => {}, now);
    const { answer } = await fetchList(
      { endpoint: DOMAIN_PAGES, request: TINY_REQUEST },
      { id: "doctor", maxPriceUsd: 0 },
      signal,
    );
    const pages = Array.isArray(answer.items) ? answer.items.length : 0;
    return [
      ok(
        `it answers with ${countOf(pages, "page")} of ${TINY_REQUEST.target}, free; try: domain-pages-mcp get acme.example`,
      ),
    ];
  },
};
