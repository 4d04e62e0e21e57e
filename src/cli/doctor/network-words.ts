const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "no address is known for that name",
  EAI_AGAIN: "the name server does not answer",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  ETIMEDOUT: "no answer came in time",
  timeout: "no answer came in time",
};

/** A network failure in words, with what the system calls it. */
export function wordNetworkCode(code: string): string {
  const words = WORDS[code];
  if (words === undefined) return code === "" ? "the connection failed" : code;
  return code === "timeout" ? words : `${words} (${code})`;
}
