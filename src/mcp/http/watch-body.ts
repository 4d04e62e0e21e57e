export interface WatchOptions {
  /** Runs once: the body was read to its end, broke, or nobody reads it any more. */
  onEnd: () => void;
  /** Bytes to send ahead of it. */
  opening?: Uint8Array;
  /** Ends the body when its reader has gone, which the reader alone would notice at the next write. */
  signal?: AbortSignal;
}

/** The same response, with an eye on when its body is over. */
export function watchBody(response: Response, { onEnd, opening, signal }: WatchOptions): Response {
  if (response.body === null) {
    onEnd();
    return response;
  }
  const reader = response.body.getReader();
  const leave = () => {
    reader.cancel().catch(() => {});
  };
  const end = () => {
    signal?.removeEventListener("abort", leave);
    onEnd();
  };
  if (signal?.aborted) leave();
  else signal?.addEventListener("abort", leave, { once: true });
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (opening !== undefined) controller.enqueue(opening);
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        end();
        controller.close();
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Whether the response is a stream of events. */
export function isEventStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") === true;
}
