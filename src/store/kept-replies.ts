import { readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "../disk/durable.ts";
import { isReplyId, type KeptReplies } from "../lists/kept-reply.ts";
import { makePrivateFolder, toErrorCode } from "./private-files.ts";

/** Evidence and rare: more than these tell nothing new. */
export const MAX_REPLIES = 20;

/** On disk and in Redis of one tenant, in memory of all together. */
export const MAX_REPLIES_BYTES = 64 * 1024 * 1024;

/** Beside the folder of the snapshots. */
export const REPLIES_FOLDER = "replies";

const FILE = /^(u_[0-9a-z]{8})\.reply$/;

interface InMemory {
  tenant: string;
  id: string;
  text: string;
  bytes: number;
}

/** Replies of this process, by tenant. The oldest make room: in number for others of their tenant, in bytes for all. */
export function createMemoryReplies(): (tenant: string) => KeptReplies {
  /** The oldest first. */
  let kept: InMemory[] = [];
  const drop = (which: InMemory | undefined) => {
    kept = kept.filter((each) => each !== which);
  };
  return (tenant) => {
    const isOwn = (each: InMemory) => each.tenant === tenant;
    const find = (id: string) => kept.find((each) => isOwn(each) && each.id === id);
    return {
      async put(id, text) {
        const bytes = Buffer.byteLength(text);
        if (bytes > MAX_REPLIES_BYTES) return false;
        drop(find(id));
        kept.push({ tenant, id, text, bytes });
        while (kept.filter(isOwn).length > MAX_REPLIES) drop(kept.find(isOwn));
        while (kept.reduce((sum, each) => sum + each.bytes, 0) > MAX_REPLIES_BYTES) drop(kept[0]);
        return true;
      },
      get: async (id) => find(id)?.text,
      list: async () =>
        kept
          .filter(isOwn)
          .map(({ id }) => id)
          .reverse(),
    };
  };
}

/** Keeps nothing. */
export const createNoReplies = (): KeptReplies => ({
  put: async () => false,
  get: async () => undefined,
  list: async () => [],
});

/**
 * Replies as private files beside the snapshots, one each, which the owner can look at and import. The oldest make room,
 * and none stays longer than a snapshot does.
 * @param folder what holds the `replies`; made with the first
 */
export function createDiskReplies(
  folder: string,
  { maxAgeMs, now }: { maxAgeMs: number; now: () => number },
): KeptReplies {
  const replies = path.join(folder, REPLIES_FOLDER);
  const toFile = (id: string) => path.join(replies, `${id}.reply`);

  /** The newest first; those that are too old, or too much, go. */
  const tidy = async (): Promise<string[]> => {
    const names = await readdir(replies).catch(() => []);
    const found = await Promise.all(
      names
        .filter((name) => FILE.test(name))
        .map(async (name) => ({ name, facts: await stat(path.join(replies, name)).catch(() => undefined) })),
    );
    const files = found
      .flatMap(({ name, facts }) => (facts?.isFile() === true ? [{ name, bytes: facts.size, at: facts.mtimeMs }] : []))
      .sort((a, b) => b.at - a.at);
    let bytes = 0;
    const stays = files.filter((each, index) => {
      bytes += each.bytes;
      return index < MAX_REPLIES && bytes <= MAX_REPLIES_BYTES && each.at >= now() - maxAgeMs;
    });
    const gone = files.filter((each) => !stays.includes(each));
    await Promise.all(gone.map(({ name }) => rm(path.join(replies, name), { force: true }).catch(() => {})));
    return stays.map(({ name }) => FILE.exec(name)?.[1] ?? "");
  };

  return {
    async put(id, text) {
      const bytes = Buffer.from(text);
      if (bytes.length > MAX_REPLIES_BYTES || !isReplyId(id)) return false;
      try {
        await makePrivateFolder(replies);
        await replaceFile(toFile(id), bytes);
        await tidy();
        return true;
      } catch {
        return false;
      }
    },
    async get(id) {
      // Ids come from clients.
      if (!isReplyId(id) || !(await tidy()).includes(id)) return undefined;
      return readFile(toFile(id), "utf8").catch((error: unknown) => {
        if (toErrorCode(error) === "ENOENT") return undefined;
        throw error;
      });
    },
    list: tidy,
  };
}
