/** The first that looks like an id; never a key, which gateway errors have been seen to echo. */
export function pickRequestId(candidates: readonly (string | null | undefined)[]): string | undefined {
  const isId = (id: string | null | undefined): id is string =>
    typeof id === "string" && /^(?!sk-)[\w.:-]{1,80}$/.test(id);
  return candidates.find(isId);
}
