import type { ComparisonView } from "../../pages/view/view-data.ts";

// The parts of what is drawn by their names: the view knows of the server what its data looks like, and nothing else.
export type Comparison = ComparisonView["comparison"];
export type Side = Comparison["first"];
export type Missing = NonNullable<Comparison["pages"]>["added"];
export type Table = Comparison["figures"];
export type Cell = Table["rows"][number][number];
