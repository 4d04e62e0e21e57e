import { type Seen, type SeenFinding, type SeenRow, toNumber } from "./seen.ts";

/** Reads the text form. */
export function readText(text: string): Seen {
  const blocks = text.split("\n\n");
  const block = (start: string) => blocks.find((each) => each.startsWith(start)) ?? "";
  return {
    ...readHeader(blocks[0] ?? ""),
    rows: readCsv(block("id,url")),
    findings: readFindings(block("findings")),
    sections: readCsv(
      block("sections\n")
        .replace(/^sections\n/, "")
        .replaceAll(" (top-level pages)", ""),
    ),
  };
}

type Header = Omit<Seen, "rows" | "findings" | "sections">;

const NOTHING = { fetched: 0, total: 0, folded: 0, backlinksFetched: 0, backlinksShown: 0, notFetched: 0 };

function readHeader(header: string): Header {
  const first = (pattern: RegExp) =>
    pattern
      .exec(header)
      ?.slice(1)
      .find((group) => group !== undefined);
  const number = (pattern: RegExp) => toNumber(first(pattern));
  const backlinksFetched = number(/rows hold (?:all|[\d,]+ of) ([\d,]+) backlinks fetched/);
  const fetched = number(/: ([\d,]+) of [\d,]+ URLs? fetched/);
  return {
    target: first(/^(\S+): (?:[\d,]+ of|no pages)/m),
    source: header.startsWith("SANDBOX") ? "sandbox" : header.includes("UTC, imported") ? "import" : "paid",
    fetched,
    total: number(/: [\d,]+ of ([\d,]+) URLs? fetched/),
    folded: number(/, ([\d,]+) pages? after folding/) ?? fetched,
    order: first(/; by ([^;]+);/),
    statusType: first(/; (live|all|lost) backlinks/),
    withSubdomains: { included: true, "left out": false }[first(/subdomains (included|left out)/) ?? ""],
    backlinksFetched,
    backlinksShown: number(/rows hold ([\d,]+) of/) ?? backlinksFetched,
    notFetched: number(/the ([\d,]+) URLs? not fetched/) ?? (fetched === undefined ? undefined : 0),
    rowsLeftOut: number(/([\d,]+) more rows?/) ?? 0,
    findingsLeftOut: number(/([\d,]+) more findings?/) ?? 0,
    rankBound: number(/rank at most ([\d,]+)/),
    upstreamCostUsd: number(/upstream cost \$([\d.]+)/),
    ...(/: no pages found/.test(header) && NOTHING),
  };
}

function readFindings(block: string): SeenFinding[] {
  return block
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const match = /^(.+?): ([\d,]+) (page|URL)s?, ([\d,]+) backlinks?(?:; (.*))?$/.exec(line);
      if (match === null) return [];
      const [, rule = "", pages, unit, backlinks, rest = ""] = match;
      const top = rest.split("; ").filter((each) => /^p\d/.test(each));
      const counts = unit === "URL" ? { counts: "URLs" } : {};
      return [{ rule, pages: toNumber(pages) ?? 0, ...counts, backlinks: toNumber(backlinks) ?? 0, top }];
    });
}

function readCsv(block: string): SeenRow[] {
  const [head, ...lines] = block.split("\n").filter((line) => line !== "");
  if (head === undefined) return [];
  const columns = head.split(",");
  return lines
    .filter((line) => !/^\d+ more/.test(line))
    .map((line) => Object.fromEntries(splitCsv(line).map((cell, index) => [columns[index] ?? "", toCell(cell)])));
}

function splitCsv(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

const toCell = (cell: string): string | number | undefined =>
  cell === "" ? undefined : /^\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : cell;
