import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A connection that says what it is told to and reads only while it is let. */
export interface SlowClient {
  socket: Socket;
  /** All that has come back, as latin1. */
  received(): string;
  /** Settles when the connection is over, whichever way. */
  ended: Promise<void>;
}

/** @param isReading false leaves everything the server sends in the system's buffers */
export async function openSlowClient(url: string, isReading = true): Promise<SlowClient> {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname });
  let text = "";
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  if (isReading) {
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
  }
  await once(socket, "connect");
  socket.on("error", () => {});
  return { socket, received: () => text, ended };
}

/** Many connections that say nothing, opened in groups that a listen queue can hold. */
export async function openSilentClients(url: string, count: number): Promise<SlowClient[]> {
  const clients: SlowClient[] = [];
  while (clients.length < count) {
    const group = Array.from({ length: Math.min(250, count - clients.length) }, () => openSlowClient(url));
    clients.push(...(await Promise.all(group)));
  }
  return clients;
}

/** How many files this process may have open; a connection to oneself takes two. */
export function readFileLimit(): number {
  const limit = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
  return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
}
