import { once } from "node:events";
import { createInterface } from "node:readline";
import { start } from "../../support/built.ts";
import type { ToolAnswer } from "../../support/clients.ts";

/** How a call ended for whoever made it. */
export type Ending =
  | { how: "answered"; answer: ToolAnswer; tookMs: number }
  /** Its caller took it back before an answer came. */
  | { how: "cancelled" }
  /** The process ended before it answered. */
  | { how: "lost" };

export interface PendingCall {
  ending: Promise<Ending>;
  cancel(): void;
}

/** The built server, spoken to line by line: unlike a client library, this can stop in the middle of anything. */
export interface RpcServer {
  call(name: string, args: object): PendingCall;
  /** Settles when the server has answered a ping. @throws when it does not */
  ping(): Promise<void>;
  /** Text of a resource. */
  read(uri: string): Promise<string>;
  /** Ends the process at once, as the out-of-memory killer does. */
  kill(): Promise<void>;
  /** Closes stdin, as a host that leaves. @returns the exit code */
  leave(): Promise<number | null>;
  /** All that it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** Lines on stdout that are no JSON-RPC. */
  oddLines(): string[];
}

interface Message {
  jsonrpc?: string;
  id?: number;
  result?: unknown;
  error?: { message: string };
}

const OPENING = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "faults", version: "0" } };

const ANSWER_WITHIN_MS = 20_000;

/** @param env nothing else of ours reaches the process */
export async function startRpcServer(env: Record<string, string>): Promise<RpcServer> {
  const child = start([], env);
  const closed = once(child, "close") as Promise<[number | null]>;
  let [stdout, stderr] = ["", ""];
  const oddLines: string[] = [];
  const waiting = new Map<number, (message: Message | "lost") => void>();
  let lastId = 0;

  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // It may be gone when we write: the call is then lost, which is told by its end.
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (line) => {
    stdout += `${line}\n`;
    const message = parse(line);
    if (message?.jsonrpc !== "2.0") oddLines.push(line);
    if (message?.id !== undefined) waiting.get(message.id)?.(message);
  });
  closed.then(() => {
    for (const settle of waiting.values()) settle("lost");
  });

  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

  const request = (method: string, params: object): { id: number; reply: Promise<Message | "lost" | "late"> } => {
    const id = ++lastId;
    const reply = new Promise<Message | "lost" | "late">((resolve) => {
      const timer = setTimeout(() => resolve("late"), ANSWER_WITHIN_MS);
      waiting.set(id, (message) => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(message);
      });
      if (child.exitCode === null && child.signalCode === null) send({ id, method, params });
      else waiting.get(id)?.("lost");
    });
    return { id, reply };
  };

  const ask = async <T>(method: string, params: object): Promise<T> => {
    const message = await request(method, params).reply;
    if (typeof message === "string") throw new Error(`the server did not answer ${method} (${message}): ${stderr}`);
    if (message.error !== undefined) throw new Error(`${method}: ${message.error.message}`);
    return message.result as T;
  };

  await ask("initialize", OPENING);
  send({ method: "notifications/initialized" });

  return {
    call(name, args) {
      const startedAt = Date.now();
      const { id, reply } = request("tools/call", { name, arguments: args });
      let cancel = () => {};
      const cancelled = new Promise<Ending>((resolve) => {
        cancel = () => {
          send({ method: "notifications/cancelled", params: { requestId: id, reason: "no longer wanted" } });
          resolve({ how: "cancelled" });
          waiting.get(id)?.("lost");
        };
      });
      const answered = reply.then((message): Ending => {
        if (message === "lost") return { how: "lost" };
        if (message === "late") throw new Error(`no answer to ${JSON.stringify(args)} within ${ANSWER_WITHIN_MS} ms`);
        if (message.error !== undefined) throw new Error(`${name}: ${message.error.message}`);
        return { how: "answered", answer: message.result as ToolAnswer, tookMs: Date.now() - startedAt };
      });
      // Whoever cancels does not wait for what may never come.
      answered.catch(() => {});
      return { ending: Promise.race([answered, cancelled]), cancel };
    },
    ping: async () => {
      await ask("ping", {});
    },
    read: async (uri) => {
      const { contents } = await ask<{ contents: { text: string }[] }>("resources/read", { uri });
      return contents[0]?.text ?? "";
    },
    async kill() {
      child.kill("SIGKILL");
      await closed;
    },
    async leave() {
      child.stdin.end();
      const [code] = await closed;
      return code;
    },
    stdout: () => stdout,
    stderr: () => stderr,
    oddLines: () => oddLines,
  };
}

function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}
