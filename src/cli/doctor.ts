import { createLiveUpstream } from "../compose/upstreams.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import { type Config, isLive } from "../config/schema.ts";
import { type Probe, probeGateway } from "../upstream/probe.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { type Io, print } from "./io.ts";

interface Line {
  verdict: "ok" | "note" | "FAIL";
  text: string;
}

/** `doctor`: settings, network and key, without spending anything. */
export async function runDoctor({ config, ignored }: LoadedConfig, io: Io): Promise<number> {
  const lines: Line[] = [
    {
      verdict: "ok",
      text: `settings read; source ${isLive(config) ? `aisa at ${config.baseUrl}` : "sandbox"}, Node ${io.nodeVersion}`,
    },
    ...ignored.map((text): Line => ({ verdict: "note", text })),
  ];
  const { findings, code } = isLive(config) ? await examineLive(config, io) : examineSandbox();
  lines.push(...findings);
  print(io.stdout, lines.map(({ verdict, text }) => `${verdict.padEnd(4)}  ${text}`).join("\n"));
  return code;
}

interface Examined {
  findings: Line[];
  code: number;
}

function examineSandbox(): Examined {
  const text = "no API key: answers come from the embedded sandbox, free; set AISA_API_KEY for real domains";
  return { findings: [{ verdict: "note", text }], code: EXIT_CODES.ok.code };
}

async function examineLive(config: Config, io: Io): Promise<Examined> {
  const proxy = config.httpsProxy === "" ? [] : [`through a proxy${config.noProxy === "" ? "" : " (NO_PROXY set)"}`];
  const { wire, apiKey, close } = await createLiveUpstream(config, io.now);
  try {
    const startedAt = io.now();
    const probe = await probeGateway(wire, apiKey, io.stopped);
    return judge(probe, new URL(config.baseUrl).origin, [`${io.now() - startedAt} ms`, ...proxy].join(", "));
  } finally {
    await close();
  }
}

function judge(probe: Probe, origin: string, how: string): Examined {
  if (!probe.reached) {
    const text = `${origin} not reached (${probe.reason}; ${how}): check the network, HTTPS_PROXY and AISA_BASE_URL`;
    return { findings: [{ verdict: "FAIL", text }], code: EXIT_CODES.unavailable.code };
  }
  const reached: Line = { verdict: "ok", text: `${origin} reached (HTTP ${probe.status}, ${how})` };
  switch (probe.key) {
    case "accepted":
      return { findings: [reached, { verdict: "ok", text: "API key accepted" }], code: EXIT_CODES.ok.code };
    case "refused":
      return {
        findings: [reached, { verdict: "FAIL", text: "API key refused: check AISA_API_KEY" }],
        code: EXIT_CODES.refused.code,
      };
    case "unclear":
      return {
        findings: [
          reached,
          {
            verdict: "note",
            text: "the free balance check did not settle whether the API key is accepted; a real call will tell",
          },
        ],
        code: EXIT_CODES.ok.code,
      };
  }
}
