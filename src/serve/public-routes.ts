import { type Access, authenticateBy, checkScope } from "./mcp-route.ts";
import type { RequestContext } from "./request-context.ts";
import { sendJson, sendText } from "./send.ts";

/** Whether calls can be served now, part by part (`store`, `upstream`, …). */
export interface Readiness {
  ready: boolean;
  checks: Readonly<Record<string, boolean>>;
}

interface PublicRoutesDeps {
  readiness: () => Promise<Readiness>;
  isDraining: () => boolean;
  /** The metrics as Prometheus reads them. */
  renderMetrics: () => Promise<{ contentType: string; text: string }>;
  /** Left out: the metrics are open. */
  access?: Access;
  /** A check that fails to answer is no answer to the probe; why is for the log. */
  onProblem: (problem: string, error: unknown) => void;
}

type AnswerRequest = (context: RequestContext) => Promise<void> | void;

export interface PublicRoutes {
  healthz: AnswerRequest;
  readyz: AnswerRequest;
  metrics: AnswerRequest;
  /** Readable for every page: it holds nothing that is secret. */
  metadata: AnswerRequest;
}

/** All that is served beside the endpoint. `metrics` throws {Refusal} where a principal with `metrics:read` is needed. */
export function createPublicRoutes(deps: PublicRoutesDeps): PublicRoutes {
  const { access } = deps;

  const getReadiness = async (): Promise<Readiness> => {
    try {
      const { ready, checks } = await deps.readiness();
      return { ready: ready && !deps.isDraining(), checks: { ...checks, accepting: !deps.isDraining() } };
    } catch (error) {
      deps.onProblem("http.readiness_failed", error);
      return { ready: false, checks: {} };
    }
  };

  return {
    healthz: (context) => sendJson(context, 200, { status: "up" }),
    async readyz(context) {
      const readiness = await getReadiness();
      sendJson(context, readiness.ready ? 200 : 503, readiness);
    },
    async metrics(context) {
      const principal = access && (await authenticateBy(access, context.req.headers.authorization, ["metrics:read"]));
      if (access !== undefined && principal !== undefined) {
        context.facts = { ...context.facts, principal: principal.name };
        checkScope(access, principal, "metrics:read");
      }
      const { contentType, text } = await deps.renderMetrics();
      sendText(context, 200, text, { "content-type": contentType });
    },
    metadata(context) {
      const open = { "access-control-allow-origin": "*" };
      if (context.req.method === "OPTIONS") {
        const methods = { "access-control-allow-methods": "GET, HEAD", "access-control-allow-headers": "*" };
        context.res.writeHead(204, { ...open, ...methods });
        context.res.end();
        return;
      }
      // Clients ask for it before they have a token, and each anew.
      sendJson(context, 200, access?.metadata?.document ?? {}, { ...open, "cache-control": "public, max-age=300" });
    },
  };
}
