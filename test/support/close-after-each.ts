import { afterEach } from "vitest";

/** Closes what a test has opened, the last first, when it is over. Called once by a test file. */
export function closeAfterEach(): <T extends { close(): Promise<void> }>(opened: T) => T {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  return (opened) => {
    closers.push(opened.close);
    return opened;
  };
}
