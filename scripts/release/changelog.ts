const UNRELEASED = "## Unreleased";

/**
 * Gives what is unreleased its version.
 * @param date as `2026-11-26`
 * @throws when there is nothing to release, or the version is there already
 */
export function releaseChangelog(changelog: string, version: string, date: string): string {
  const notes = notesOf(changelog, UNRELEASED);
  if (notes === "") throw new Error("CHANGELOG.md says nothing under Unreleased: write down what users get first");
  if (notesOf(changelog, `## ${version} `) !== "") throw new Error(`CHANGELOG.md has a part for ${version} already`);
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## ${version} (${date})`);
}

/**
 * What was changed in a version, without its heading.
 * @returns "" for a version that is not there
 */
export const notesOfVersion = (changelog: string, version: string): string => notesOf(changelog, `## ${version} `);

function notesOf(changelog: string, heading: string): string {
  const lines = changelog.split("\n");
  const from = lines.findIndex((line) => `${line} `.startsWith(heading));
  if (from < 0) return "";
  const to = lines.findIndex((line, index) => index > from && line.startsWith("## "));
  return lines
    .slice(from + 1, to < 0 ? undefined : to)
    .join("\n")
    .trim();
}
