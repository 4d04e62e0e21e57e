/**
 * Small readers of server configurations, written apart from our writers so that the two can disagree. Each takes a
 * file apart as its server does, and throws on anything but what a redirect map may hold.
 */

/** What a map makes of a request: the address to go to, or undefined. */
export type Answers = (host: string, requestUri: string) => string | undefined;

export interface ReadMap {
  /** How many redirects it holds. */
  rules: number;
  answers: Answers;
}

/** nginx: words, quotes with backslashes, braces and semicolons; a `#` begins a comment where a word could begin. */
export function readNginx(text: string): ReadMap {
  const [toHost, toPath, byPath, byHost, withQuery, byQuery, toTarget, ...rest] = readBlocks(tokenize(text));
  if (rest.length > 0 || toTarget === undefined) throw new Error("not seven maps");
  expectHead(toHost?.head, ["map", "$host", "$reclaim_host"]);
  expectHead(toPath?.head, ["map", "$request_uri", "$reclaim_path"]);
  expectHead(byPath?.head, ["map", "$reclaim_host$reclaim_path", "$reclaim_by_path"]);
  expectHead(byHost?.head, ["map", "$host$reclaim_path", "$reclaim_by_host"]);
  expectHead(byHost?.entries.shift(), ["default", "$reclaim_by_path"]);
  expectHead(withQuery?.head, ["map", "$reclaim_by_host", "$reclaim_with_query"]);
  expectHead(byQuery?.head, ["map", "$reclaim_host$request_uri", "$reclaim_by_query"]);
  expectHead(byQuery?.entries.shift(), ["default", "$reclaim_with_query"]);
  expectHead(toTarget.head, ["map", "$host$request_uri", "$reclaim_to"]);
  expectHead(toTarget.entries.shift(), ["default", "$reclaim_by_query"]);
  const [paths, hosts] = [toEntries(byPath?.entries ?? []), toEntries(byHost?.entries ?? [])];
  const [queries, exact] = [toEntries(byQuery?.entries ?? []), toEntries(toTarget.entries)];
  return {
    rules: paths.size + hosts.size + queries.size + exact.size,
    answers: (host, requestUri) => {
      const bare = host.replace(/^www\./, "");
      const [path, query] = splitQuery(requestUri);
      const whole =
        exact.get(`${host}${requestUri}`.toLowerCase()) ?? queries.get(`${bare}${requestUri}`.toLowerCase());
      const to = hosts.get(`${host}${path}`.toLowerCase()) ?? paths.get(`${bare}${path}`.toLowerCase());
      return whole ?? withQueryOf(to, query);
    },
  };
}

function splitQuery(requestUri: string): [path: string, query: string | undefined] {
  const at = requestUri.indexOf("?");
  return at < 0 ? [requestUri, undefined] : [requestUri.slice(0, at), requestUri.slice(at + 1)];
}

/** The visitor's query goes along to a target that has none. */
const withQueryOf = (to: string | undefined, query: string | undefined): string | undefined =>
  to === undefined || query === undefined || to.includes("?") ? to : `${to}?${query}`;

function expectHead(found: readonly string[] | undefined, wanted: readonly string[]): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`unexpected: ${JSON.stringify(found)}`);
}

function toEntries(entries: readonly string[][]): Map<string, string> {
  const map = new Map<string, string>();
  for (const [key = "", value = "", ...more] of entries) {
    if (more.length > 0 || !/^[a-z0-9_]/.test(key) || !key.includes("/")) throw new Error(`not a plain key: ${key}`);
    if (/[$\\]/.test(value) || !/^https?:\/\//.test(value)) throw new Error(`not a plain value: ${value}`);
    if (map.has(key.toLowerCase())) throw new Error(`conflicting parameter ${key}`);
    map.set(key.toLowerCase(), value);
  }
  return map;
}

interface Block {
  head: string[];
  entries: string[][];
}

/** Two levels: blocks of directives. */
function readBlocks(tokens: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let words: string[] = [];
  let isOpen = false;
  const take = (mark: string) => {
    const isOutOfPlace = mark === "{" ? isOpen : !isOpen || (mark === "}" && words.length > 0);
    if (isOutOfPlace) throw new Error(`${mark} out of place`);
    if (mark === "{") blocks.push({ head: words, entries: [] });
    if (mark === ";") blocks.at(-1)?.entries.push(words);
    isOpen = mark !== "}";
    words = [];
  };
  for (const token of tokens) {
    if (token.startsWith("w")) words.push(token.slice(1));
    else take(token);
  }
  if (isOpen || words.length > 0) throw new Error("not closed");
  return blocks;
}

/** Marks as they are, words with a `w` before them. */
function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const token = /\s+|#[^\n]*|([{};])|"((?:[^"\\]|\\.)*)"(?=[\s{};])|([^\s{};"'#][^\s{};"']*)/gsy;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) throw new Error(`no nginx from here: ${text.slice(at, at + 60)}`);
    const [, mark, quoted, bare] = match;
    if (mark !== undefined) tokens.push(mark);
    const word = quoted ?? bare;
    if (word !== undefined) tokens.push(`w${word}`);
  }
  return tokens;
}

/** Apache: one directive a line, a backslash at its end goes on in the next one. */
export function readApache(text: string): ReadMap {
  const rules: { host: RegExp; request: RegExp; to: string; keepsQuery: boolean }[] = [];
  let conditions: string[][] = [];
  for (const line of toLines(text)) {
    if (line.endsWith("\\")) throw new Error("goes on in the next line");
    if (line.startsWith("#")) continue;
    const [name, ...words] = readWords(line);
    if (name === "RewriteEngine" && words.join() === "On") continue;
    if (name === "RewriteCond") conditions.push(words);
    else if (name === "RewriteRule") {
      rules.push(toRule(conditions, words));
      conditions = [];
    } else throw new Error(`no directive of ours: ${line}`);
  }
  if (conditions.length > 0) throw new Error("conditions without a rule");
  return {
    rules: rules.length,
    answers: (host, requestUri) => {
      const [path, query] = splitQuery(requestUri);
      if (/%2f|%00/i.test(path)) return undefined;
      const found = rules.find((rule) => rule.host.test(host) && rule.request.test(`GET ${requestUri} HTTP/1.1`));
      return found?.keepsQuery === true ? withQueryOf(found.to, query) : found?.to;
    },
  };
}

function toRule(conditions: readonly string[][], [pattern, to = "", flags = ""]: readonly string[]) {
  const [host, request, ...more] = conditions;
  if (host?.[0] !== "%{HTTP_HOST}" || request?.[0] !== "%{THE_REQUEST}" || more.length > 0)
    throw new Error("conditions");
  if (pattern !== "^" || !/^\[R=301,NE,L(?:,QSD)?\]$/.test(flags)) throw new Error(`rule ${pattern} ${flags}`);
  const target = to.replaceAll("\\%", "\0");
  if (/[$%\\]/.test(target)) throw new Error(`a reference in ${to}`);
  return {
    host: new RegExp(host[1] ?? "", host[2] === "[NC]" ? "i" : ""),
    request: new RegExp(request[1] ?? ""),
    to: target.replaceAll("\0", "%"),
    keepsQuery: !flags.includes("QSD"),
  };
}

function readWords(line: string): string[] {
  const words: string[] = [];
  const word = /\s*(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|([^\s"]+))/gy;
  for (let at = 0; at < line.length; at = word.lastIndex) {
    word.lastIndex = at;
    const match = word.exec(line);
    if (match === null) throw new Error(`no directive: ${line}`);
    words.push(match[1]?.replace(/\\(["\\])/g, "$1") ?? match[2] ?? "");
  }
  return words;
}

/** Netlify: words parted by white space; what is `name=value` between the first and the target is a query parameter. */
export function readNetlify(text: string, target: string): ReadMap {
  const rules = toLines(text)
    .filter((line) => !line.startsWith("#"))
    .map((line) => {
      const [from = "", ...words] = line.split(/\s+/);
      const status = words.pop();
      const to = words.pop() ?? "";
      const isWhole = from.startsWith("https://");
      const { host, pathname } = new URL(isWhole ? from : `https://${target}${from}`);
      if (status !== "301" || !/^https?:\/\/[^:*\s]+$/.test(to)) throw new Error(`no redirect: ${line}`);
      if (!/^(?:https:\/\/[^/:*]+)?\/(?!\/)[^:*#?]*$/.test(from)) throw new Error(`no plain address: ${from}`);
      if (words.some((each) => !/^[^=:#]+=[^=:#]+$/.test(each))) throw new Error(`no parameters: ${words.join(" ")}`);
      return { host: isWhole ? host : target, isWhole, path: pathname, parameters: words, to };
    });
  return {
    rules: rules.length,
    answers: (host, requestUri) => {
      const [path, query] = splitQuery(requestUri);
      const sent = new Set((query ?? "").split("&").map(decodeParameter));
      const bare = host.replace(/^www\./, "");
      const found = rules.find(
        (rule) =>
          rule.host === (rule.isWhole ? host : bare) &&
          withoutSlash(rule.path) === withoutSlash(path) &&
          rule.parameters.every((each) => sent.has(each)),
      );
      return found?.parameters.length === 0 ? withQueryOf(found.to, query) : found?.to;
    },
  };
}

const withoutSlash = (path: string): string => path.replace(/\/+$/, "");

/** As far as it can be decoded. */
function decodeParameter(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** Every line break that any reader might see, and a last line that is closed. */
function toLines(text: string): string[] {
  if (!text.endsWith("\n")) throw new Error("the last line is not closed");
  if (/[\r\v\f\u0085\u2028\u2029\0]/.test(text)) throw new Error("a line break of another kind");
  return text.slice(0, -1).split("\n");
}

/** A reader for every redirect map, by its file. */
export const MAP_READERS: Readonly<Record<string, (text: string, target: string) => ReadMap>> = {
  "redirects.nginx": readNginx,
  "redirects.apache": readApache,
  "redirects.netlify": readNetlify,
};
