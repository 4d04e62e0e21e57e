import type { ReadSnapshots, Snapshot } from "../pages/snapshot/snapshot.ts";
import type { Reader } from "./reader.ts";
import type { Service } from "./service.ts";

/** The product as one caller has it: what the protocol and the command line are served from. */
export interface App extends Service, Reader {
  source: "aisa" | "sandbox";
  snapshots: ReadSnapshots;
  /** Keeps a snapshot that was not bought here. Where the store takes none, nothing happens. */
  keepSnapshot(snapshot: Snapshot): Promise<void>;
}
