import type { Answer } from "./answer.ts";

/** The two forms of an answer. */
export interface RenderedAnswer {
  text: string;
  structured: Record<string, unknown>;
}

export type RenderAnswer = (answer: Answer) => Promise<RenderedAnswer>;

/**
 * Renders an answer once, however often it is given out: the same kept snapshot is asked for again and again. The
 * renderers are loaded with the first answer.
 */
export function createRenderAnswer(): RenderAnswer {
  const rendered = new WeakMap<Answer, RenderedAnswer>();
  return async (answer) => {
    const known = rendered.get(answer);
    if (known !== undefined) return known;
    const [{ renderText }, { renderStructured }] = await Promise.all([
      import("./render-text.ts"),
      import("./render-structured.ts"),
    ]);
    const forms = { text: renderText(answer), structured: renderStructured(answer) };
    rendered.set(answer, forms);
    return forms;
  };
}
