import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer } from "node:tls";
import type { MadeCertificate } from "./made-certificates.ts";

/** Speaks TLS on a port of the loopback address, for a server on another one that does not. */
export async function startTlsFront(
  targetPort: number,
  certificate: MadeCertificate,
): Promise<{ port: number; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer(certificate, (client) => {
    const onward = connect(targetPort, "127.0.0.1");
    for (const [socket, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => {}).once("close", () => other.destroy());
    }
    client.pipe(onward).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
