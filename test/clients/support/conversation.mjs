// @ts-check
// What the drivers of all clients share. Plain JavaScript: a driver runs on its client's own Node, without a loader.
import process from "node:process";

/**
 * One conversation to be held.
 * @typedef {object} Session
 * @property {string} variant how the client is set up; its driver knows the names
 * @property {{ command: string, args: string[], url?: undefined } | { url: string }} server how the MCP server is reached
 * @property {string} modelUrl base URL of the model's stand-in, without the version
 * @property {string} question what the user asks
 */

/**
 * Holds each conversation that the runner asks for, one after the other, and reports the model's last words as they
 * reached the caller of the framework, with a note for the table if there is one.
 * @param {(session: Session) => Promise<string | { said: string, note: string }>} converse
 */
export async function hold(converse) {
  /** @type {(Session & { name: string })[]} */
  const sessions = JSON.parse(process.env["SESSIONS"] ?? "[]");
  for (const session of sessions) {
    try {
      const outcome = await converse(session);
      process.send?.({ name: session.name, ...(typeof outcome === "string" ? { said: outcome } : outcome) });
    } catch (error) {
      process.send?.({ name: session.name, failure: error instanceof Error ? error.stack : String(error) });
    }
  }
  process.disconnect?.();
}

/**
 * Follows the script with a client that has no model behind it: what the client hands over is what is recorded.
 * @param {Session} session
 * @param {{ tools: object[], call: (params: { name: string, arguments: Record<string, unknown> }) => Promise<unknown> }} client
 * @returns {Promise<string>} the script's last words
 */
export async function follow({ modelUrl }, { tools, call }) {
  /** @type {unknown[]} */
  const results = [];
  for (;;) {
    const body = JSON.stringify({ tools, results });
    /** @type {any} */
    const turn = await (await fetch(`${modelUrl}/next`, { method: "POST", body })).json();
    if (turn.call === undefined) return turn.say;
    results.push(await call(turn.call));
  }
}
