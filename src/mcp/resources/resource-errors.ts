import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from "@modelcontextprotocol/server";
import { AppError, describeFailure } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { describeDefect } from "../defect.ts";

/**
 * Wraps the reader of a resource so that only our words reach the client: the SDK would pass any message on as it is.
 * A refusal of what was asked for becomes "not found"; of anything else nothing but a reference is told, which stands
 * beside the details on stderr.
 */
export function withResourceErrors<Rest extends unknown[], Result>(
  read: (uri: URL, ...rest: Rest) => Promise<Result>,
  log: Log,
): (uri: URL, ...rest: Rest) => Promise<Result> {
  return async (uri, ...rest) => {
    try {
      return await read(uri, ...rest);
    } catch (error) {
      throw toProtocolError(error, uri, log);
    }
  };
}

function toProtocolError(error: unknown, uri: URL, log: Log): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (error instanceof AppError) {
    log.info("resource.refused", { kind: error.kind, message: error.message });
    const words = describeFailure(error);
    return error.kind === "input"
      ? new ResourceNotFoundError(uri.href, words)
      : new ProtocolError(ProtocolErrorCode.InternalError, words);
  }
  const words = describeDefect(error, log, "resource.defect", "Nothing was charged.");
  return new ProtocolError(ProtocolErrorCode.InternalError, words);
}
