import fc from "fast-check";
import { expect, it } from "vitest";
import { moveByKey, scrollToSee, toRowWindow } from "../../../src/view/table/row-window.ts";

const place = fc.record({
  scrollTop: fc.integer({ min: -50, max: 60_000 }),
  height: fc.integer({ min: 1, max: 2000 }),
  rowHeight: fc.integer({ min: 10, max: 200 }),
  count: fc.nat(1200),
});

it("draws every row that is seen, and few others", () => {
  fc.assert(
    fc.property(place, ({ scrollTop, height, rowHeight, count }) => {
      const top = Math.max(0, Math.min(scrollTop, count * rowHeight - height));
      const { first, end } = toRowWindow(top, height, rowHeight, count);
      const lastSeen = Math.min(count, Math.ceil((top + height) / rowHeight));
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first).toBeLessThanOrEqual(Math.floor(top / rowHeight));
      expect(end).toBeGreaterThanOrEqual(lastSeen);
      expect(end).toBeLessThanOrEqual(count);
      expect(end - first).toBeLessThanOrEqual(height / rowHeight + 25);
    }),
  );
});

it("draws nothing of an empty list, and no rows that are not there any more", () => {
  expect(toRowWindow(0, 500, 44, 0)).toEqual({ first: 0, end: 0 });
  expect(toRowWindow(40_000, 500, 44, 3)).toEqual({ first: 3, end: 3 });
});

it("scrolls no further than it takes to see a row whole", () => {
  fc.assert(
    fc.property(place, fc.nat(1000), ({ scrollTop, height, rowHeight }, index) => {
      fc.pre(height >= rowHeight && scrollTop >= 0);
      const to = scrollToSee(index, scrollTop, height, rowHeight);
      expect(to).toBeLessThanOrEqual(index * rowHeight);
      expect(to + height).toBeGreaterThanOrEqual((index + 1) * rowHeight);
      const wasSeen = scrollTop <= index * rowHeight && scrollTop + height >= (index + 1) * rowHeight;
      if (wasSeen) expect(to).toBe(scrollTop);
    }),
  );
});

it.each([
  ["ArrowDown", 0, 1],
  ["ArrowDown", 9, 9],
  ["ArrowUp", 0, 0],
  ["PageDown", 2, 6],
  ["PageUp", 2, 0],
  ["Home", 5, 0],
  ["End", 5, 9],
  ["x", 5, null],
])("%s leads from row %i of ten to %s", (key, from, to) => {
  expect(moveByKey(key, from, 10, 4)).toBe(to);
});
