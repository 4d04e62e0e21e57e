import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface CuttableProxy {
  port: number;
  /** Cuts all connections. */
  cut(): void;
  /**
   * From now on drops every answer, and cuts the connection once the server has answered a request that holds the text:
   * it was carried out, and nobody was told. Then everything passes again. @returns when that has happened
   */
  cutAfter(text: string): Promise<void>;
  /** Takes no connections, and cuts those that there are. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

/** Stands on a port of the loopback address before another one of it. */
export async function startCuttableProxy(targetPort: number): Promise<CuttableProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isShut = false;
  let trap: { text: string; sprung: () => void } | undefined;

  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  };
  const server = createServer((client) => {
    client.on("error", () => {});
    if (isShut) {
      client.destroy();
      return;
    }
    const target = connect(targetPort, "127.0.0.1");
    target.on("error", () => {});
    const pair = [client, target] as const;
    pairs.add(pair);
    let isTrapped = false;
    client.on("data", (bytes) => {
      if (trap !== undefined && bytes.includes(trap.text)) isTrapped = true;
      target.write(bytes);
    });
    target.on("data", (bytes) => {
      if (!isTrapped || trap === undefined) {
        client.write(bytes);
        return;
      }
      const { sprung } = trap;
      trap = undefined;
      cut();
      sprung();
    });
    for (const socket of pair) {
      socket.once("close", () => {
        pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    cutAfter: (text) =>
      new Promise((sprung) => {
        trap = { text, sprung };
      }),
    shut: () => {
      isShut = true;
      cut();
    },
    open: () => {
      isShut = false;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
