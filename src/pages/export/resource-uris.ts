/** Every snapshot that is kept. */
export const SNAPSHOTS_URI = "domain-pages://snapshots";

/** The filter language. */
export const FIELDS_URI = "domain-pages://fields";

/** One snapshot, condensed. */
export const toSummaryUri = (snapshotId: string): string => `${SNAPSHOTS_URI}/${snapshotId}`;

/** One page of it, with everything that came. */
export const toPageUri = (snapshotId: string, handle: string): string => `${toSummaryUri(snapshotId)}/pages/${handle}`;

/** One of its files: `rows.csv`. */
export const toFileUri = (snapshotId: string, file: string): string => `${toSummaryUri(snapshotId)}/${file}`;
