import type { Fold } from "./fold.ts";
import type { OneAtATime } from "./one-at-a-time.ts";

/** Where ledgers' lines live: one object for all ledgers of a process. Methods throw what the file system throws. */
export interface LedgerLines {
  /** The folder, for messages. */
  where: string;
  /**
   * Appends whole or fails; done when the text would outlive a power cut. All appends of all processes have one order.
   * @param text a record as `encodeRecord` makes it
   */
  append(day: string, text: string): Promise<void>;
  /** All that was appended before the call, added up; later calls may change the object that is given back. */
  fold(day: string): Promise<Fold>;
  /** Whose turn it is to set aside, in this process: nothing is gained by racing oneself. */
  oneAtATime: OneAtATime;
  /** Days that have lines, newest first. */
  days(): Promise<string[]>;
}
