import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface SocksProxy {
  /** `socks5://127.0.0.1:…` */
  origin: string;
  /** What it was asked to connect to, `host:port`, and as whom. */
  wishes: { target: string; credentials: string | undefined }[];
  close(): Promise<void>;
}

/** A SOCKS5 proxy that opens every way. @param wantsPassword takes nobody without a user name and password */
export async function startSocksProxy(wantsPassword = false): Promise<SocksProxy> {
  const wishes: SocksProxy["wishes"] = [];
  const open = new Set<Socket>();
  const server = createServer(async (client) => {
    open.add(client);
    client.on("error", () => {});
    const next = async () => ((await once(client, "data")) as [Buffer])[0];
    const greeting = await next();
    const method = wantsPassword ? 2 : 0;
    if (!greeting.subarray(2).includes(method)) {
      client.end(Buffer.from([5, 0xff]));
      return;
    }
    client.write(Buffer.from([5, method]));
    let credentials: string | undefined;
    if (wantsPassword) {
      const told = await next();
      const nameLength = told[1] ?? 0;
      credentials = `${told.subarray(2, 2 + nameLength)}:${told.subarray(3 + nameLength)}`;
      client.write(Buffer.from([1, 0]));
    }
    const wish = await next();
    const host = wish[3] === 1 ? wish.subarray(4, 8).join(".") : wish.subarray(5, -2).toString();
    const port = wish.readUInt16BE(wish.length - 2);
    wishes.push({ target: `${host}:${port}`, credentials });
    const onward = connect(port, host, () => {
      client.write(Buffer.from([5, 0, 0, 3, 4, ...Buffer.from("name"), 0, 80]));
      client.pipe(onward).pipe(client);
    });
    open.add(onward);
    onward.on("error", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wishes,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
