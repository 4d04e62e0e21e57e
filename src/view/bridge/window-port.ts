import type { Port } from "./peer.ts";

/** The window around this one. A host's sandbox has no origin to name, so messages are told apart by their source. */
export function createWindowPort(own: Window): Port {
  return {
    send: (message) => own.parent.postMessage(message, "*"),
    listen: (receive) => {
      const listener = (event: MessageEvent) => {
        if (event.source === own.parent) receive(event.data);
      };
      own.addEventListener("message", listener);
      return () => own.removeEventListener("message", listener);
    },
  };
}
