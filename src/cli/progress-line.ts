import type { Io } from "./io.ts";

const EVERY_MS = 1000;
const CLEAR_LINE = "\r\u001b[K";

/**
 * A line on stderr that counts the seconds, for a person at a terminal; nothing elsewhere.
 * @returns removes the line
 */
export function showProgress({ stderr, now }: Io, doing: string): () => void {
  if (stderr.isTTY !== true) return () => {};
  const startedAt = now();
  const draw = () => stderr.write(`${CLEAR_LINE}${doing} … ${Math.round((now() - startedAt) / 1000)} s`);
  draw();
  const timer = setInterval(draw, EVERY_MS);
  return () => {
    clearInterval(timer);
    stderr.write(CLEAR_LINE);
  };
}
