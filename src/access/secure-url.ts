const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

export const SECURE_URL_RULE = "must be an https URL without user name or fragment (http only on loopback)";

/**
 * @param isLoopbackAllowed whether http to this machine will do; what an issuer elsewhere names must be https
 * @returns undefined for what is no such URL
 */
export function parseSecureUrl(text: string, isLoopbackAllowed = true): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  if (url.protocol === "https:") return url;
  return url.protocol === "http:" && isLoopbackAllowed && isLoopback(url) ? url : undefined;
}

export const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);
