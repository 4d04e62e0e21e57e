import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A place where a way to the gateway ends before anything of a request can have been sent. */
export interface BrokenPlace {
  /** What leads there. */
  env: { AISA_BASE_URL: string; HTTPS_PROXY?: string };
  /** How many connections it has taken. */
  connections(): number;
  /** Settles with the next connection that it takes. */
  nextConnection(): Promise<Socket>;
  close(): Promise<void>;
}

export interface BrokenWay {
  title: string;
  /** Nothing ever ends it from the other side: only a deadline or a cancellation does. */
  isSilent: boolean;
  open(): Promise<BrokenPlace>;
}

/** What the other end does with a connection, or with what comes next over it. */
type Act = (socket: Socket) => void;

const fin: Act = (socket) => socket.end();
const rst: Act = (socket) => socket.resetAndDestroy();
const silence: Act = (socket) => socket.resume();
const saying =
  (text: string, next: Act = silence): Act =>
  (socket) => {
    socket.write(text, "latin1");
    next(socket);
  };
/** Once something has come: a CONNECT, a ClientHello, a greeting. */
const afterWords =
  (next: Act): Act =>
  (socket) =>
    socket.once("data", () => next(socket));

/** One byte after the other, and never the end of a head. */
const drip: Act = (socket) => {
  socket.write("HTTP/1.1 200 OK\r\n");
  const timer = setInterval(() => socket.write("x"), 20);
  socket.once("close", () => clearInterval(timer));
};

const opened = (next: Act): Act => afterWords(saying("HTTP/1.1 200 Connection established\r\n\r\n", next));
const refused = (status: number): Act =>
  afterWords(saying(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\n\r\n`, fin));

type Kind = "gateway" | "http" | "https" | "socks5";

const way = (kind: Kind, title: string, act: Act, isSilent = false): BrokenWay => ({
  title,
  isSilent,
  open: () => openPlace(kind, act),
});

const SOCKS_OPEN = "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50";

/** Each phase of the way, and each end that it can come to. */
export const BROKEN_WAYS: readonly BrokenWay[] = [
  way("gateway", "a gateway that takes the connection and ends it", fin),
  way("gateway", "a gateway that takes the connection and resets it", rst),
  way("gateway", "a gateway that ends the connection after the ClientHello", afterWords(fin)),
  way("gateway", "a gateway that resets the connection after the ClientHello", afterWords(rst)),
  way(
    "gateway",
    "a gateway that answers the ClientHello in plain text",
    afterWords(saying("HTTP/1.1 400 No\r\n\r\n", fin)),
  ),
  way("gateway", "a gateway that refuses the TLS handshake", afterWords(saying("\x15\x03\x03\x00\x02\x02\x28", fin))),
  way("gateway", "a gateway that takes the connection and keeps silent", silence, true),
  way(
    "gateway",
    "a gateway that begins its part of the handshake and keeps silent",
    afterWords(saying("\x16\x03\x03\x00\x7a\x02")),
    true,
  ),
  way("http", "a proxy that takes the connection and ends it", fin),
  way("http", "a proxy that takes the connection and resets it", rst),
  way("http", "a proxy that ends the connection after the CONNECT", afterWords(fin)),
  way("http", "a proxy that resets the connection after the CONNECT", afterWords(rst)),
  way("http", "a proxy that takes the connection and keeps silent", silence, true),
  way("http", "a proxy that begins an answer and keeps silent", afterWords(saying("HTTP/1.1 2")), true),
  way("http", "a proxy that never comes to the end of its answer", afterWords(drip), true),
  way("http", "a proxy that ends within its answer", afterWords(saying("HTTP/1.1 200 OK\r\nx-", fin))),
  way("http", "a proxy that wants a password", refused(407)),
  way("http", "a proxy that refuses the host", refused(403)),
  way("http", "a proxy that does not get through", refused(502)),
  way("http", "a proxy that does not speak HTTP", afterWords(saying("220 mail.example ESMTP\r\n"))),
  way("http", "a tunnel that is ended before the ClientHello", opened(fin)),
  way("http", "a tunnel that is reset before the ClientHello", opened(rst)),
  way("http", "a tunnel that is ended after the ClientHello", opened(afterWords(fin))),
  way("http", "a tunnel that is reset after the ClientHello", opened(afterWords(rst))),
  way("http", "a tunnel behind which nobody speaks", opened(silence), true),
  way("https", "a proxy over TLS that ends the connection after the ClientHello", afterWords(fin)),
  way("https", "a proxy over TLS that resets the connection after the ClientHello", afterWords(rst)),
  way("https", "a proxy over TLS that keeps silent", silence, true),
  way("socks5", "a SOCKS5 proxy that ends the connection after the greeting", afterWords(fin)),
  way("socks5", "a SOCKS5 proxy that resets the connection after the greeting", afterWords(rst)),
  way("socks5", "a SOCKS5 proxy that keeps silent", silence, true),
  way("socks5", "a SOCKS5 proxy that wants a password", afterWords(saying("\x05\xff"))),
  way(
    "socks5",
    "a SOCKS5 proxy that refuses the host",
    afterWords(saying("\x05\x00", afterWords(saying("\x05\x02\x00\x01")))),
  ),
  way(
    "socks5",
    "a SOCKS5 proxy that begins an answer and keeps silent",
    afterWords(saying("\x05\x00", afterWords(saying("\x05\x00\x00\x03\xffgate")))),
    true,
  ),
  way(
    "socks5",
    "a SOCKS5 proxy that ends within its answer",
    afterWords(saying("\x05\x00", afterWords(saying("\x05\x00\x00\x03\xffgate", fin)))),
  ),
  way("socks5", "a SOCKS5 proxy that speaks HTTP", afterWords(saying("HTTP/1.1 400 No\r\n\r\n", fin))),
  way(
    "socks5",
    "a SOCKS5 tunnel that is ended after the ClientHello",
    afterWords(saying("\x05\x00", afterWords(saying(SOCKS_OPEN, afterWords(fin))))),
  ),
  way(
    "socks5",
    "a SOCKS5 tunnel behind which nobody speaks",
    afterWords(saying("\x05\x00", afterWords(saying(SOCKS_OPEN)))),
    true,
  ),
];

async function openPlace(kind: Kind, act: Act): Promise<BrokenPlace> {
  const open = new Set<Socket>();
  const waiting: ((socket: Socket) => void)[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    open.add(socket);
    socket.on("error", () => {}).once("close", () => open.delete(socket));
    act(socket);
    for (const tell of waiting.splice(0)) tell(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    env:
      kind === "gateway"
        ? { AISA_BASE_URL: `https://127.0.0.1:${port}/apis/v1` }
        : { AISA_BASE_URL: "https://gateway.example/apis/v1", HTTPS_PROXY: `${kind}://127.0.0.1:${port}` },
    connections: () => connections,
    nextConnection: () => new Promise((resolve) => waiting.push(resolve)),
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
