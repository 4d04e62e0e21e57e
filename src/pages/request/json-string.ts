/**
 * Some clients send arrays, numbers and booleans as JSON strings. A string that parses to something
 * other than a string is taken for that; any other value comes back as it is.
 */
export function readJsonString(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (!/^[[{\d-]|^(?:true|false|null)$/i.test(text)) return value;
  try {
    const parsed: unknown = JSON.parse(/^(?:true|false|null)$/i.test(text) ? text.toLowerCase() : text);
    return parsed;
  } catch {
    return value;
  }
}
