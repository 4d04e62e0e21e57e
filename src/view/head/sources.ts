import type { ViewHead } from "../../pages/view/view-data.ts";

/** Where a snapshot is from, as loud as it has to be said. */
export const SOURCES: Readonly<Record<ViewHead["source"], string>> = {
  sandbox: "SANDBOX: generated data, nothing here is about a real site",
  aisa: "Live data",
  import: "Imported file",
};
