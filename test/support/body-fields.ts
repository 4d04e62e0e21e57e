/** The request body, field by field, as the endpoint documents it. */
export const BODY_FIELDS = [
  "target",
  "limit",
  "offset",
  "internal_list_limit",
  "backlinks_status_type",
  "filters",
  "order_by",
  "backlinks_filters",
  "include_subdomains",
  "exclude_internal_backlinks",
  "rank_scale",
  "tag",
];
