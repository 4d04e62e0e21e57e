import { connect, type Socket } from "node:net";

/** One answer on a connection, as its bytes say. */
export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What came back on one connection until it was over, or enough had come. */
export interface WireExchange {
  answers: WireAnswer[];
  /** All bytes received. */
  text: string;
  /** The server ended the connection. */
  isClosed: boolean;
}

export interface SendOptions {
  /** Stop after so many answers; left out: read until the server ends the connection. */
  answers?: number;
  /** Called once the connection stands. */
  onConnect?: (socket: Socket) => void;
}

/** Sends bytes as they are and reads what comes back: what an HTTP client would mend or hide stays visible. */
export function sendRaw(url: string, bytes: string | Buffer, options: SendOptions = {}): Promise<WireExchange> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), hostname);
    const finish = (isClosed: boolean) => {
      socket.destroy();
      resolve({ answers: parseAnswers(text).answers, text, isClosed });
    };
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (options.answers !== undefined && parseAnswers(text).answers.length >= options.answers) finish(false);
    });
    socket.on("end", () => finish(true));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // The server may close before it has read everything.
      if (error.code === "ECONNRESET" || error.code === "EPIPE") finish(true);
      else reject(error);
    });
    socket.on("connect", () => options.onConnect?.(socket));
    socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  });
}

/** Answers that are complete; 1xx are left out. */
export function parseAnswers(text: string): { answers: WireAnswer[]; rest: string } {
  const answers: WireAnswer[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return { answers, rest };
    const [first = "", ...lines] = rest.slice(0, end).split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(":", 1)[0]?.toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    ) as Record<string, string>;
    const status = Number(first.split(" ")[1]);
    const body = parseBody(rest.slice(end + 4), headers, status);
    if (body === undefined) return { answers, rest };
    rest = body.rest;
    if (status >= 200) answers.push({ status, headers, body: body.text });
  }
}

function parseBody(bytes: string, headers: Record<string, string>, status: number) {
  if (status < 200 || status === 204) return { text: "", rest: bytes };
  if (headers["transfer-encoding"] !== "chunked") {
    const length = Number(headers["content-length"] ?? 0);
    return bytes.length < length ? undefined : { text: bytes.slice(0, length), rest: bytes.slice(length) };
  }
  let text = "";
  let rest = bytes;
  for (;;) {
    const line = rest.indexOf("\r\n");
    if (line < 0) return undefined;
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (rest.length < line + 2 + size + 2) return undefined;
    text += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 2 + size + 2);
    if (size === 0) return { text, rest };
  }
}
