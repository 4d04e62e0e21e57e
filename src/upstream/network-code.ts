/** A network error's code, or the first one among those it wraps (one per address that was tried); empty when there is none. */
export function networkCodeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === "string" && code !== "") return code;
  if (Array.isArray(errors) && errors.length > 0) return networkCodeOf(errors[0]);
  return cause === undefined ? "" : networkCodeOf(cause);
}
