import type { Turn } from "./script.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A tool as the model was shown it. */
export interface ShownTool {
  name: string;
  description: string;
  schema: JsonObject;
}

/** All that one request shows the model of our tools. */
export interface Shown {
  tools: ShownTool[];
  /** The same, in the form in which it was sent. */
  toolsAsSent: Json[];
  /** Each tool's result, oldest first, in the pieces in which it was sent. */
  results: string[][];
}

/** What the model does, the tool by the name it was shown. */
export type ModelTurn = { call: { name: string; args: Record<string, unknown> } } | Extract<Turn, { say: string }>;

/** One event of a streamed reply; a name where the API has names. */
export interface StreamEvent {
  event?: string;
  data: Json | "[DONE]";
}

/** How one API words requests and replies. */
export interface ModelApi {
  /** End of the path that it is posted to. */
  path: string;
  read(request: JsonObject): Shown;
  /** @param id different for each reply of a conversation */
  reply(request: JsonObject, turn: ModelTurn, id: string): JsonObject;
  /** The same reply, as events. */
  stream(request: JsonObject, turn: ModelTurn, id: string): StreamEvent[];
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @returns the objects of a list; of anything else none */
export const objectsOf = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

export const stringOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** What a result consists of: a text, or the texts of its blocks; a block of another kind as JSON. */
export function piecesOf(content: Json | undefined): string[] {
  if (typeof content === "string") return [content];
  return objectsOf(content).map((block) => (typeof block["text"] === "string" ? block["text"] : JSON.stringify(block)));
}

export function toShownTool(tool: JsonObject, schema: Json | undefined): ShownTool {
  return {
    name: stringOf(tool["name"]),
    description: stringOf(tool["description"]),
    schema: isObject(schema) ? schema : {},
  };
}
