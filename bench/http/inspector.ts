import { once } from "node:events";
import { type MessageEvent, WebSocket } from "undici";

/** Looks into the memory of another process. */
export interface Inspector {
  /** Bytes of heap in use, once all garbage is collected. */
  readHeap(): Promise<number>;
  close(): void;
}

export async function openInspector(address: string): Promise<Inspector> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  let lastId = 0;
  const ask = async (method: string): Promise<Record<string, number>> => {
    const id = ++lastId;
    socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [event] = (await once(socket, "message")) as [MessageEvent];
      const message = JSON.parse(String(event.data)) as { id?: number; result: Record<string, number> };
      if (message.id === id) return message.result;
    }
  };
  return {
    async readHeap() {
      await ask("HeapProfiler.collectGarbage");
      return (await ask("Runtime.getHeapUsage"))["usedSize"] ?? Number.NaN;
    },
    close: () => socket.close(),
  };
}
