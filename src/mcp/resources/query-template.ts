import { UriTemplate, type Variables } from "@modelcontextprotocol/server";

/**
 * A template that matches with and without a query. The SDK's own takes a query for part of the last variable where
 * the template has none, and wants one where it has.
 */
export class QueryTemplate extends UriTemplate {
  readonly #bare: UriTemplate;

  constructor(template: string) {
    super(template);
    this.#bare = new UriTemplate(template.replace(/\{\?[^}]*\}$/, ""));
  }

  override match(uri: string): Variables | null {
    return this.#bare.match(uri.split(/[?#]/, 1)[0] ?? "");
  }
}
