/** What the tool takes; all of it text. */
export const COMPARISON_FIELDS = ["snapshot_id", "other_snapshot_id", "target", "other_target"] as const;
