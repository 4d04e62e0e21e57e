export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Empty where there is no object: what is missing is for the rule to say that asks for it. */
export const objectAt = (value: unknown): Json => (isObject(value) ? value : {});

/** The objects of a list; what is none is left out. */
export const objectsIn = (value: unknown): Json[] => listAt(value).filter(isObject);

/** Empty where there is no list. */
export const listAt = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A JSON Pointer (RFC 6901). */
export const toPointer = (...steps: readonly (string | number)[]): string =>
  steps.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
