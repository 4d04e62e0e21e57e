/** Enough to keep the disk busy; far below the number of files a process may have open. */
const AT_ONCE = 16;

/** Maps a list by asynchronous calls, a few at a time; results in the list's order. */
export async function inBatches<T, R>(list: readonly T[], use: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < list.length; start += AT_ONCE) {
    results.push(...(await Promise.all(list.slice(start, start + AT_ONCE).map(use))));
  }
  return results;
}
