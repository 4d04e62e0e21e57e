import { chooseFolders } from "../../compose/stores.ts";
import { countOf, formatCount, toOneLine } from "../../lists/text.ts";
import { examineFolder, type FolderLook } from "../../store/examine-folder.ts";
import { type Check, type Examination, type Finding, fail, note, ok, STORE_SETTINGS, skip } from "./examination.ts";

const MB = 1024 * 1024;

/** Some hundreds of compressed snapshots; less than this is soon used up by whatever else runs. */
const LOW_MB = 100;

export const storage: Check = {
  name: "storage",
  says: "whether answers and books can be kept, who else can read them, what room is left",
  where: "here",
  look: async (examination) => {
    const { config, findLeftOut } = examination;
    const leftOut = findLeftOut(...STORE_SETTINGS);
    if (leftOut !== undefined) return [skip(leftOut)];
    if (typeof config.store !== "string") return lookAtRedis(examination);
    if (config.store === "memory") {
      return [note("answers and books are kept in memory (DOMAIN_PAGES_STORE): both end with each process")];
    }
    if (config.store === "none") {
      return [
        note(
          "no answers are kept (DOMAIN_PAGES_STORE is none): the same question is paid for each time",
          "Set DOMAIN_PAGES_STORE to disk unless that is what you want.",
        ),
      ];
    }
    const { cacheFolder, ledgerFolder } = await chooseFolders(config);
    if (cacheFolder === ledgerFolder) {
      return judge("answers and books", cacheFolder, await examineFolder(cacheFolder, [...ANSWERS, ...BOOKS]));
    }
    return [
      ...judge("answers", cacheFolder, await examineFolder(cacheFolder, ANSWERS)),
      ...judge("books", ledgerFolder, await examineFolder(ledgerFolder, BOOKS)),
    ];
  },
};

const ANSWERS = ["snapshots", "set-aside"];
const BOOKS = ["ledger"];

function judge(what: string, folder: string, look: FolderLook): Finding[] {
  const { state, problem, open, strangers, freeBytes } = look;
  const findings: Finding[] = [];
  if (problem !== undefined) findings.push(judgeProblem(what, problem));
  else if (state === "missing")
    findings.push(ok(`${what}: ${show(folder)} will be made when it is needed${free(look)}`));
  else findings.push(ok(`${what}: ${show(folder)} can be read and written${free(look)}`));
  for (const each of open) {
    findings.push(note(`others on this machine can look into ${show(each)}`, `Run: chmod 700 ${shellQuote(each)}`));
  }
  const [first] = strangers;
  if (first !== undefined) {
    findings.push(
      note(
        `${countOf(strangers.length, "file")} there cannot be used by you, such as ${show(first)}: left by another user, or by sudo`,
        `Make them yours (sudo chown -R "$USER" ${shellQuote(folder)}), or point DOMAIN_PAGES_CACHE_DIR to a folder of your own.`,
      ),
    );
  }
  if (freeBytes !== undefined && freeBytes < LOW_MB * MB && problem === undefined) {
    findings.push(
      note(
        `little room is left on the disk of ${show(folder)}${free(look)}`,
        "Make room, or point DOMAIN_PAGES_CACHE_DIR to another disk: an answer that cannot be kept is paid for again.",
      ),
    );
  }
  return findings;
}

const POINT_ELSEWHERE = "point DOMAIN_PAGES_CACHE_DIR to a folder of your own";

const PROBLEMS: Readonly<Record<string, { says: string; todo: string }>> = {
  EACCES: { says: "you may not use", todo: `Give yourself the right to read and write it, or ${POINT_ELSEWHERE}.` },
  EPERM: { says: "you may not use", todo: `Give yourself the right to read and write it, or ${POINT_ELSEWHERE}.` },
  EROFS: { says: "the disk is read-only of", todo: `Mount it for writing, or ${POINT_ELSEWHERE}.` },
  ENOSPC: { says: "the disk is full of", todo: `Make room there, or ${POINT_ELSEWHERE}.` },
  EDQUOT: { says: "your quota is used up on the disk of", todo: `Make room there, or ${POINT_ELSEWHERE}.` },
  ENOTDIR: { says: "something that is no folder is in the place of", todo: `Move it away, or ${POINT_ELSEWHERE}.` },
};

function judgeProblem(what: string, { code, at }: NonNullable<FolderLook["problem"]>): Finding {
  const { says, todo } = PROBLEMS[code] ?? {
    says: "cannot read and write",
    todo: `Look after that folder, or ${POINT_ELSEWHERE}.`,
  };
  return fail("usage", `${what}: ${says} ${show(at)} (${code})`, todo);
}

const free = ({ freeBytes }: FolderLook): string =>
  freeBytes === undefined ? "" : `; ${formatCount(Math.floor(freeBytes / MB))} MB free`;

const show = (file: string): string => toOneLine(file, 300);

const shellQuote = (file: string): string => `'${show(file).replaceAll("'", "'\\''")}'`;

async function lookAtRedis({ ledger }: Examination): Promise<Finding[]> {
  const startedAt = performance.now();
  await (await ledger()).left();
  return [ok(`answers and books are in Redis, which answers (${Math.round(performance.now() - startedAt)} ms)`)];
}
