import { SAVED_FILES, type ViewHead } from "../../pages/view/view-data.ts";
import type { TextFile } from "../bridge/host.ts";
import { useStore } from "../state/store.ts";
import { toFileName, toRowsCsv } from "./rows-as-text.ts";

/** Files of the whole snapshot: the server's own where the host reads and saves them, else the rows that are here. */
export function ExportButtons({ head }: { head: ViewHead }) {
  const { host, file, rows, said } = useStore();
  const at = host.value;
  const csvName = toFileName(head.target, SAVED_FILES.rows);
  if (at === null) {
    const redirects = file?.redirects ?? null;
    const map = { name: toFileName(head.target, SAVED_FILES.redirects), mimeType: "text/csv" };
    return (
      <>
        <button type="button" onClick={() => saveFile(toRowsCsv(rows.value, csvName))}>
          Save rows as CSV
        </button>
        {redirects !== null && (
          <button type="button" onClick={() => saveFile({ ...map, text: redirects })}>
            Save redirect map
          </button>
        )}
      </>
    );
  }
  if (!at.can.downloadFiles) return null;
  const save = (file: string) => async () => {
    const name = toFileName(head.target, file);
    said.value = `Saving ${name}…`;
    try {
      const text = await at.readResource(`domain-pages://snapshots/${head.snapshotId}/${file}`);
      await at.download({ name, mimeType: "text/csv", text });
      said.value = `Saved ${name}`;
    } catch (error) {
      said.value = `${name} was not saved: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  if (!at.can.readResources) {
    const download = () =>
      at.download(toRowsCsv(rows.value, csvName)).catch(() => {
        said.value = `${csvName} was not saved.`;
      });
    return (
      <button type="button" onClick={() => void download()}>
        Save rows as CSV
      </button>
    );
  }
  return (
    <>
      <button type="button" onClick={save(SAVED_FILES.rows)}>
        Save rows as CSV
      </button>
      <button type="button" onClick={save(SAVED_FILES.redirects)}>
        Save redirect map
      </button>
    </>
  );
}

/** Saves a file as a browser does, where the page stands by itself. */
function saveFile({ name, mimeType, text }: TextFile): void {
  const url = URL.createObjectURL(new Blob([text], { type: mimeType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url));
}
