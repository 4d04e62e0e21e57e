import { type Filter, toAskedFilter } from "../filters/filter.ts";
import { toAskedOrder } from "../filters/order-by.ts";
import type { Snapshot } from "../snapshot.ts";
import { toOneLine, toSafeJson } from "../text.ts";
import type { Asking, Condition } from "./asking.ts";
import { type ListQuery, type Row, toWhere, type Where } from "./list-query.ts";

/** One condition of the domain's own, with its value. */
interface OwnInForce<S extends Snapshot, R extends Row> {
  key: string;
  argument: string;
  told: string | number;
  compile: (snapshot: S, fold: boolean) => (row: R) => boolean;
}

/** Those of the domain's own that are asked for, in the domain's order. */
export function listOwn<S extends Snapshot, R extends Row, W extends object>(
  { conditions }: Pick<Asking<S, R, W>, "conditions">,
  where: Where<W>,
): OwnInForce<S, R>[] {
  const own: Partial<W> = where;
  const bindTo = <K extends keyof W & string>(key: K) => bind<W[K], S, R>(key, conditions[key], own[key]);
  return listKeys(conditions).flatMap(bindTo);
}

/** The language has no type for the keys of a generic object; these are the keys of a table that is written out. */
export const listKeys = <T extends object>(table: T): (keyof T & string)[] =>
  Object.keys(table) as (keyof T & string)[];

function bind<V, S extends Snapshot, R extends Row>(
  key: string,
  condition: Condition<V, S, R>,
  value: V | undefined,
): OwnInForce<S, R>[] {
  if (value === undefined) return [];
  const { argument } = condition;
  const compile = (snapshot: S, fold: boolean) => condition.compile(value, snapshot, fold);
  return [{ key, argument, told: condition.tell(value), compile }];
}

/** The arguments that ask the same of one snapshot; what is at its default is left out. */
export function toQueryArguments<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  query: ListQuery<W>,
  snapshotId: string,
): Record<string, unknown> {
  return {
    snapshot_id: snapshotId,
    ...toWhereArguments(asking, query.where),
    ...(query.orderBy.length > 0 && { order_by: toAskedOrder(query.orderBy) }),
    ...(query.columns !== null && { columns: query.columns.map(({ name }) => name) }),
    ...(query.groupBy !== null && { group_by: query.groupBy }),
    ...(asking.folding !== undefined && !query.fold && { fold: false }),
    ...(query.limit !== null && { limit: query.limit }),
    ...(query.offset > 0 && { offset: query.offset }),
    ...(query.handles.length > 0 && { handles: query.handles }),
  };
}

/** The conditions as arguments, in the order in which an answer names them. */
function toWhereArguments<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  where: Where<W>,
): Record<string, unknown> {
  const { filters, text } = where;
  return {
    ...(filters !== undefined && { filters: toAskedFilter(filters) }),
    ...Object.fromEntries(listOwn(asking, where).map(({ argument, told }) => [argument, told])),
    ...(text !== undefined && { text }),
  };
}

/** One thing that was asked, and the question without it. */
export interface Dropped<W extends object> {
  /** As an answer words it: `min_backlinks 10`, `["status_code",">=",400]`. */
  words: string;
  without: Where<W>;
}

/** A filter may hold 10,000 characters; an answer that repeats them all helps nobody. */
const MAX_WORDS_CHARS = 240;

/** Every condition in force: the members of a filter that are joined by "and" one by one, then the conveniences. */
export function listConditions<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  where: Where<W>,
): Dropped<W>[] {
  const { filters, text } = where;
  const drop = (key: string): Where<W> => toWhere(Object.entries(where).filter(([each]) => each !== key));
  return [
    ...(filters === undefined ? [] : listFilterConditions<W>(filters, where, drop("filters"))),
    ...listOwn(asking, where).map(({ key, argument, told }) => ({
      words: toOneLine(`${argument} ${told}`, MAX_WORDS_CHARS),
      without: drop(key),
    })),
    ...(text === undefined
      ? []
      : [{ words: toOneLine(`text ${toSafeJson(text)}`, MAX_WORDS_CHARS), without: drop("text") }]),
  ];
}

function listFilterConditions<W extends object>(filter: Filter, where: Where<W>, rest: Where<W>): Dropped<W>[] {
  const members = filter.kind === "group" && filter.join === "and" ? filter.members : [filter];
  return members.map((member) => {
    const others = members.filter((each) => each !== member);
    const [only] = others;
    const remaining: Filter | undefined = others.length > 1 ? { kind: "group", join: "and", members: others } : only;
    return {
      words: toOneLine(toSafeJson(toAskedFilter(member)), MAX_WORDS_CHARS),
      without: remaining === undefined ? rest : { ...where, filters: remaining },
    };
  });
}
