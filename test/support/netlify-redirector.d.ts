/** Netlify's matcher, as far as the tests use it; the package tells no types. */
declare module "netlify-redirector" {
  export interface Request {
    scheme: string;
    host: string;
    path: string;
    query: string;
    headers: object;
    cookieValues: object;
    getHeader: () => string;
    getCookie: () => string;
  }
  export interface Rules {
    match(request: Request): { to: string; status: number } | null;
  }
  export function parsePlain(rules: string, options: object): Promise<Rules>;
}
