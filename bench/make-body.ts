import { answerDomainPages } from "../src/sandbox/answer-domain-pages.ts";
import { createWorld } from "../src/sandbox/world.ts";

interface Item {
  page: string;
  location: string | null;
  meta: { canonical: string | null; [field: string]: unknown };
  [field: string]: unknown;
}

/**
 * A response body with the given number of pages: the sandbox's own items, repeated under other paths where it has too
 * few. Field values and sizes are those of the documented form.
 */
export function makeBody(pages: number): string {
  const { body } = answerDomainPages({ target: "acme.example", limit: 1000 }, createWorld());
  const envelope = JSON.parse(JSON.stringify(body));
  const result = envelope.tasks[0].result[0];
  const items: Item[] = result.items;
  result.items = Array.from({ length: pages }, (_, index) => {
    const item = items[index % items.length] as Item;
    const round = Math.floor(index / items.length);
    return round === 0 ? item : moveTo(`archive-${round}`, item);
  });
  result.items_count = pages;
  result.total_count = pages * 20;
  return JSON.stringify(envelope);
}

/** The same item in a folder of its own, with all that it points to. */
function moveTo(folder: string, item: Item): Item {
  const move = (url: string) => url.replace(/(\/\/[^/]+)/, `$1/${folder}`);
  return {
    ...item,
    page: move(item.page),
    location: item.location === null ? null : move(item.location),
    meta: { ...item.meta, canonical: item.meta.canonical === null ? null : move(item.meta.canonical) },
  };
}
