import { connect } from "node:net";

/** One answer as bytes on a socket, and how the connection ended. */
export interface RawReply {
  /** 0 when no header came. */
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** By a TCP reset; else in order. */
  isReset: boolean;
}

/** Posts a body on a connection of its own and reads until that ends: what an HTTP client would hide stays visible. */
export function exchangeRaw(url: string, headers: Record<string, string>, body: string): Promise<RawReply> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    const finish = (isReset: boolean) => resolve({ ...parse(Buffer.concat(chunks)), isReset });
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("end", () => finish(false));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET") finish(true);
      else reject(error);
    });
    const sent = { host: hostname, connection: "close", "content-length": String(Buffer.byteLength(body)), ...headers };
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}`);
    socket.write(`POST ${pathname} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
  });
}

function parse(bytes: Buffer): Omit<RawReply, "isReset"> {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return { status: 0, headers: {}, body: bytes };
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return {
    status: Number(first.split(" ")[1]),
    headers: Object.fromEntries(headers),
    body: bytes.subarray(end + 4),
  };
}
