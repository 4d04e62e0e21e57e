import type { CompleteResourceTemplateCallback } from "@modelcontextprotocol/server";
import { SNAPSHOT_FILE_NAMES } from "../../pages/export/files.ts";
import type { ReadSnapshots } from "../../pages/snapshot/snapshot.ts";

/** The ids that begin with what was typed; else those of the targets that hold it. Newest first. */
export const completeIds =
  (snapshots: ReadSnapshots): CompleteResourceTemplateCallback =>
  async (typed) => {
    const infos = await snapshots.list();
    const byId = infos.filter(({ id }) => id.startsWith(typed));
    const found = byId.length > 0 ? byId : infos.filter(({ request }) => request.target.includes(typed.toLowerCase()));
    return found.map(({ id }) => id);
  };

/** The handles of the snapshot that stands in the same address; none as long as that is not known. */
export const completeHandles =
  (snapshots: ReadSnapshots): CompleteResourceTemplateCallback =>
  async (typed, context) => {
    const snapshot = await snapshots.get(context?.arguments?.["snapshot_id"] ?? "");
    return snapshot?.pages.map(({ handle }) => handle).filter((handle) => handle.startsWith(typed)) ?? [];
  };

export const completeFiles: CompleteResourceTemplateCallback = (typed) =>
  SNAPSHOT_FILE_NAMES.filter((name) => name.startsWith(typed));
