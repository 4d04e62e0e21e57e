import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

interface Connection {
  /** In the order in which they came. */
  underWay: Map<IncomingMessage, ServerResponse>;
  /** The connection ends with an answer before these: nobody will ever see theirs. */
  inVain: Set<IncomingMessage>;
  isEnding: boolean;
  /** The last request that began, also after its answer. */
  last?: { req: IncomingMessage; res: ServerResponse };
  /** Came when all places were taken: is served health checks alone while that lasts. */
  isProbe: boolean;
  /** Has got past authentication: is not asked to leave for a newcomer. */
  isKnown: boolean;
}

interface ConnectionLimitsDeps {
  maxConnections: number;
  probeConnections: number;
  /** Ends a connection that finds no place, or has to give up its own. */
  turnAway: (socket: Socket) => void;
}

/** The connections that are open, and which of them has to go when there are too many. */
export interface ConnectionLimits {
  /** @returns false when it was turned away */
  admit(socket: Socket): boolean;
  /**
   * A request has come; it is under way until its answer is over.
   * @returns false when the connection is lost or ends before: the request is not to be served
   */
  enter(socket: Socket, req: IncomingMessage, res: ServerResponse): boolean;
  /** The connection ends with the answer to this request: those behind it come in vain. */
  endWith(socket: Socket, req: IncomingMessage): void;
  isInVain(req: IncomingMessage): boolean;
  /** The one behind a connection is somebody we know. */
  know(socket: Socket): void;
  /** Requests under way on a connection. */
  busyWith(socket: Socket): number;
  /** The last request of a connection, undefined when none has come. */
  lastOf(socket: Socket): { req: IncomingMessage; res: ServerResponse } | undefined;
  /** Only health checks are served on it now. */
  isForProbes(socket: Socket): boolean;
  size(): number;
}

/**
 * When all places are taken, a newcomer gets that of the connection that has said nothing for longest; then that of
 * the one idle for longest whose requests never got past authentication. So any number of silent connections only
 * displaces silent ones: whoever sends a request is served, and a known client keeps its place. When every place is in
 * good use, a few more are let in for health checks, and the rest is turned away.
 */
export function createConnectionLimits({
  maxConnections,
  probeConnections,
  turnAway,
}: ConnectionLimitsDeps): ConnectionLimits {
  const open = new Map<Socket, Connection>();
  // Both in the order in which they fell idle: a Set keeps the order of insertion.
  const silent = new Set<Socket>();
  const idleStrangers = new Set<Socket>();

  const forget = (socket: Socket) => {
    open.delete(socket);
    silent.delete(socket);
    idleStrangers.delete(socket);
  };
  const makeRoom = () => {
    const [socket] = silent.size > 0 ? silent : idleStrangers;
    if (socket === undefined) return;
    forget(socket);
    turnAway(socket);
  };

  return {
    admit(socket) {
      if (open.size >= maxConnections) makeRoom();
      if (open.size >= maxConnections + probeConnections) {
        turnAway(socket);
        return false;
      }
      open.set(socket, {
        underWay: new Map(),
        inVain: new Set(),
        isEnding: false,
        isProbe: open.size >= maxConnections,
        isKnown: false,
      });
      silent.add(socket);
      socket.once("close", () => {
        const unanswered = open.get(socket)?.underWay ?? new Map();
        forget(socket);
        // After Node's own listeners, which close the response that was being written.
        setImmediate(() => [...unanswered.values()].forEach(closeUnsent));
      });
      return true;
    },
    enter(socket, req, res) {
      const connection = open.get(socket);
      if (connection === undefined || connection.isEnding) return false;
      silent.delete(socket);
      idleStrangers.delete(socket);
      connection.underWay.set(req, res);
      connection.last = { req, res };
      res.once("close", () => {
        connection.underWay.delete(req);
        if (connection.underWay.size === 0 && !connection.isKnown && open.has(socket)) idleStrangers.add(socket);
      });
      return true;
    },
    endWith(socket, req) {
      const connection = open.get(socket);
      if (connection === undefined) return;
      connection.isEnding = true;
      const order = [...connection.underWay.keys()];
      for (const later of order.slice(order.indexOf(req) + 1)) connection.inVain.add(later);
    },
    isInVain: (req) => open.get(req.socket)?.inVain.has(req) === true,
    know(socket) {
      const connection = open.get(socket);
      if (connection !== undefined) connection.isKnown = true;
    },
    busyWith: (socket) => open.get(socket)?.underWay.size ?? 0,
    lastOf: (socket) => open.get(socket)?.last,
    isForProbes: (socket) => open.size > maxConnections && open.get(socket)?.isProbe === true,
    size: () => open.size,
  };
}

/**
 * Node tells only the response that is being written that its connection is gone. One that waits behind it, for a
 * client that sent several requests in a row, would be open for ever, and whatever was begun for it as well.
 */
function closeUnsent(res: ServerResponse): void {
  if (res.closed || res.writableFinished) return;
  res.destroy();
  res.emit("close");
}
