import {
  type ComparisonView,
  type SnapshotView,
  VIEW_META_KEY,
  type ViewData,
  type ViewFile,
} from "../../pages/view/view-data.ts";

/** What a result's `_meta` holds for the view; null when it holds nothing, or what this version cannot read. */
export const readMeta = (meta: Record<string, unknown>): ViewData | null => readView(meta[VIEW_META_KEY]);

function readView(value: unknown): ViewData | null {
  if (typeof value !== "object" || value === null) return null;
  const { kind, version } = value as Partial<ViewData>;
  if (version !== 1) return null;
  if (kind === "snapshot") return isSnapshot(value as Partial<SnapshotView>) ? (value as SnapshotView) : null;
  if (kind === "comparison") return isComparison(value as Partial<ComparisonView>) ? (value as ComparisonView) : null;
  return null;
}

// A host may pass a part of it on only: what is drawn without asking has to be there.
const isSnapshot = ({ head, rows, findings, breakdowns }: Partial<SnapshotView>): boolean =>
  typeof head === "object" && Array.isArray(rows?.cells) && Array.isArray(findings) && typeof breakdowns === "object";

const isComparison = ({ comparison }: Partial<ComparisonView>): boolean =>
  typeof comparison === "object" && Array.isArray(comparison.blocks);

/** What the page was written with; null where a host is to tell. */
export function readFile(json: string): ViewFile | null {
  const file: unknown = JSON.parse(json);
  if (typeof file !== "object" || file === null) return null;
  const { view, records = {}, redirects = null } = file as Partial<ViewFile>;
  const read = readView(view);
  return read && { view: read, records, redirects };
}
