/** Where messages go to and come from: a window in the page, two ends of a list in a test. */
export interface Port {
  send: (message: unknown) => void;
  /** @returns how to stop listening */
  listen: (receive: (message: unknown) => void) => () => void;
}

/** The other side's failure, in its words. */
export class PeerError extends Error {
  override name = "PeerError" as const;
}

export interface PeerHandlers {
  /** @returns the result; undefined answers that the method is not known */
  onRequest: (method: string, params: Params) => Params | undefined;
  onNotification: (method: string, params: Params) => void;
}

export type Params = Record<string, unknown>;

export interface Peer {
  /** @throws {PeerError} when the other side answers with an error */
  request: (method: string, params: Params) => Promise<Params>;
  notify: (method: string, params: Params) => void;
  close: () => void;
}

const METHOD_NOT_FOUND = -32_601;

/**
 * JSON-RPC as MCP Apps speaks it between a view and its host. Hand-written, since it is this one file: the official
 * `App` class brings a schema library and an MCP client along, half a megabyte for a page of fifty kilobytes.
 */
export function createPeer(port: Port, { onRequest, onNotification }: PeerHandlers): Peer {
  const waiting = new Map<number, { resolve: (result: Params) => void; reject: (error: PeerError) => void }>();
  let lastId = 0;

  function settle(message: Params): void {
    const call = typeof message["id"] === "number" ? waiting.get(message["id"]) : undefined;
    if (call === undefined) return;
    waiting.delete(message["id"] as number);
    if ("error" in message) call.reject(new PeerError(toText(toParams(message["error"])["message"])));
    else call.resolve(toParams(message["result"]));
  }

  function answer(id: unknown, method: string, params: Params): void {
    const result = onRequest(method, params);
    const error = { code: METHOD_NOT_FOUND, message: `Unknown method: ${method}` };
    port.send({ jsonrpc: "2.0", id, ...(result === undefined ? { error } : { result }) });
  }

  const stop = port.listen((received) => {
    const message = toParams(received);
    if (message["jsonrpc"] !== "2.0") return;
    const { id, method } = message;
    if (typeof method !== "string") settle(message);
    else if (id === undefined) onNotification(method, toParams(message["params"]));
    else answer(id, method, toParams(message["params"]));
  });

  return {
    request: (method, params) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        port.send({ jsonrpc: "2.0", id: lastId, method, params });
      }),
    notify: (method, params) => port.send({ jsonrpc: "2.0", method, params }),
    close: stop,
  };
}

/** What came, if it is an object; otherwise an empty one. */
export const toParams = (value: unknown): Params =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Params) : {};

const toText = (value: unknown): string => (typeof value === "string" ? value : "The host gave no reason.");
