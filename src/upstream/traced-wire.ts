import type { Wire } from "./wire.ts";

/**
 * Sends the trace context of whoever asks along, so that a call can be followed beyond us.
 * @param traceparent of the call being made, as W3C Trace Context writes it; undefined where there is none
 */
export function createTracedWire(wire: Wire, traceparent: () => string | undefined): Wire {
  return (request) => {
    const context = traceparent();
    return wire(
      context === undefined ? request : { ...request, headers: { ...request.headers, traceparent: context } },
    );
  };
}
