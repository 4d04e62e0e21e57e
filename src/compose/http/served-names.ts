import type { HttpConfig } from "../../config/http-settings.ts";
import { LOOPBACK_HOST } from "../../config/values.ts";
import { AppError } from "../../errors.ts";

/** The names that requests may come for, and the pages that may call. */
export interface ServedNames {
  hosts: string[];
  origins: string[];
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];
const LOOPBACK_ORIGINS = LOOPBACK_NAMES.flatMap((name) => [`http://${name}:*`, `https://${name}:*`]);

/**
 * @param isGuarded whether callers have to show a token
 * @throws {AppError} `config` where anybody could call, or nobody
 */
export function toServedNames(config: HttpConfig, isGuarded: boolean): ServedNames {
  const { httpHost, publicUrl, allowedHosts, allowedOrigins } = config;
  const isLoopback = LOOPBACK_HOST.test(httpHost);
  if (!isGuarded && !isLoopback) throw openToAll(config);
  const publicName = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  const hosts = [...(isLoopback ? [...LOOPBACK_NAMES, httpHost] : []), ...publicName, ...allowedHosts];
  if (hosts.length === 0) throw namesMissing(config);
  return { hosts, origins: [...(isLoopback ? LOOPBACK_ORIGINS : []), ...allowedOrigins] };
}

function openToAll({ httpHost }: HttpConfig): AppError {
  return new AppError("config", `Listening on ${httpHost} without access control would let anybody spend your money.`, {
    advice:
      "Make tokens (domain-pages-mcp token create NAME), or set DOMAIN_PAGES_HTTP_OAUTH_ISSUER, or listen on 127.0.0.1.",
  });
}

function namesMissing({ httpHost }: HttpConfig): AppError {
  return new AppError("config", `Listening on ${httpHost} needs the name that clients use.`, {
    advice: "Set DOMAIN_PAGES_HTTP_PUBLIC_URL (https://mcp.example.com/mcp) or DOMAIN_PAGES_HTTP_ALLOWED_HOSTS.",
  });
}
