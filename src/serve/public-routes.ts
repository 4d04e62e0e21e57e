import { type Access, authenticateBy, checkScope } from "./mcp-route.ts";
import { sendJson, sendText } from "./send.ts";
import type { Visit } from "./visit.ts";

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

type AnswerVisit = (visit: Visit) => Promise<void> | void;

export interface PublicRoutes {
  healthz: AnswerVisit;
  readyz: AnswerVisit;
  metrics: AnswerVisit;
  /** Readable for every page: it holds nothing that is secret. */
  metadata: AnswerVisit;
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
    healthz: (visit) => sendJson(visit, 200, { status: "up" }),
    async readyz(visit) {
      const readiness = await getReadiness();
      sendJson(visit, readiness.ready ? 200 : 503, readiness);
    },
    async metrics(visit) {
      const principal = access && (await authenticateBy(access, visit.req.headers.authorization, ["metrics:read"]));
      if (access !== undefined && principal !== undefined) {
        visit.facts = { ...visit.facts, principal: principal.name };
        checkScope(access, principal, "metrics:read");
      }
      const { contentType, text } = await deps.renderMetrics();
      sendText(visit, 200, text, { "content-type": contentType });
    },
    metadata(visit) {
      const open = { "access-control-allow-origin": "*" };
      if (visit.req.method === "OPTIONS") {
        const methods = { "access-control-allow-methods": "GET, HEAD", "access-control-allow-headers": "*" };
        visit.res.writeHead(204, { ...open, ...methods });
        visit.res.end();
        return;
      }
      // Clients ask for it before they have a token, and each anew.
      sendJson(visit, 200, access?.metadata?.document ?? {}, { ...open, "cache-control": "public, max-age=300" });
    },
  };
}
