import { answerDomainPages } from "../../../src/sandbox/answer-domain-pages.ts";
import { createWorld } from "../../../src/sandbox/world.ts";

export const WORLD = createWorld();

export interface Item {
  page: string;
  domain: string;
  status_code: number;
  meta: { title: string | null };
  page_summary: Record<string, unknown> & { rank: number; backlinks: number; referring_pages: number };
}

export interface Result {
  target: string;
  total_count: number;
  items_count: number;
  items: Item[];
}

export interface Task {
  id: string;
  status_code: number;
  status_message: string;
  cost: number;
  result_count: number;
  data: Record<string, unknown>;
  result: (Omit<Result, "items"> & { items: Item[] | null })[] | null;
}

export interface Reply {
  status: number;
  body: {
    status_code: number;
    status_message: string;
    tasks_count: number;
    tasks_error: number;
    tasks: Task[] | null;
    error?: string;
  };
}

export const askRaw = (body: unknown): Reply => answerDomainPages(body, WORLD) as unknown as Reply;

/** The one task of an answer. */
export function askTask(body: unknown): Task {
  const task = askRaw(body).body.tasks?.[0];
  if (task === undefined) throw new Error(`no task for ${JSON.stringify(body)}`);
  return task;
}

/** A successful answer; an empty list where there are no items. */
export function ask(body: Record<string, unknown>): Result {
  const task = askTask({ target: "acme.example", ...body });
  const [result] = task.result ?? [];
  if (result === undefined) throw new Error(`${task.status_code} ${task.status_message}`);
  return { ...result, items: result.items ?? [] };
}

export const urlsOf = ({ items }: Result): string[] => items.map(({ page }) => page);
