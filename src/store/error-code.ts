/** What the system calls a failure (`ENOSPC`), else the error's own name. */
export function toErrorCode(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : "unknown";
}
