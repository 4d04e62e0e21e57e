import { answerDomainPages, type EndpointReply } from "./endpoint.ts";
import type { World } from "./world.ts";

/** What the gateway sees of one request. Header names are lower case. */
export interface GatewayRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

export interface GatewayReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface GatewayOptions {
  world: World;
  /** The only key that is let in; without it any non-empty Bearer token is. */
  apiKey?: string;
}

const ENDPOINT = "/apis/v1/dataforseo/backlinks/domain_pages/live";
const BALANCE = "/v1/credits/balance";

/**
 * The gateway in front of the sandbox endpoint: addresses, credentials, JSON, price headers, as documented.
 * Every charge is 0.
 */
export function createGateway({ world, apiKey }: GatewayOptions): (request: GatewayRequest) => GatewayReply {
  return ({ method, path, headers, body }) => {
    const route = path.split("?", 1)[0];
    if (route !== ENDPOINT && route !== BALANCE) return reply(404, { error: "api endpoint not found" });
    const refusal = checkCredentials(headers["authorization"], apiKey);
    if (refusal !== undefined) return refusal;
    if (route === BALANCE) {
      return method === "GET" ? reply(200, { balance: "0.000000", currency: "USD" }) : methodNotAllowed("GET");
    }
    if (method !== "POST") return methodNotAllowed("POST");
    const parsed = parseJson(body);
    if (parsed === undefined) {
      return reply(400, {
        error: {
          type: "invalid_request_error",
          code: "json_parse_error",
          message: "The request body is not valid JSON.",
        },
      });
    }
    return toGatewayReply(answerDomainPages(parsed.value, world));
  };
}

function toGatewayReply({ status, body }: EndpointReply): GatewayReply {
  return reply(status, body, { "x-aisa-price-usd": "0.000000" });
}

function methodNotAllowed(allow: string): GatewayReply {
  return reply(405, { error: "method not allowed" }, { allow });
}

function checkCredentials(header: string | undefined, apiKey: string | undefined): GatewayReply | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? "")?.[1];
  if (token === undefined) return unauthorized("missing_api_key", "No API key was provided.");
  if (apiKey !== undefined && token !== apiKey) {
    return unauthorized("invalid_api_key", "The API key provided is invalid or has been revoked.");
  }
  return undefined;
}

function unauthorized(code: string, message: string): GatewayReply {
  return reply(401, { error: { type: "authentication_error", code, message } }, { "www-authenticate": "Bearer" });
}

function reply(status: number, body: unknown, headers: Record<string, string> = {}): GatewayReply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
