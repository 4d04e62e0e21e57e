// In a build the view's page is part of the code: what is published has no file beside it to find.
import path from "node:path";

/**
 * A plugin that puts the page in the place of the module that reads it from `dist/`.
 * @param {string} root of the repository
 * @param {string} html
 * @returns {import("rolldown").Plugin}
 */
export function inlineView(root, html) {
  const page = path.join(root, "src/view/view-page.ts");
  const code = `const PAGE = ${JSON.stringify(html)};\nexport const readViewPage = async () => PAGE;\n`;
  return { name: "inline-view", load: (id) => (id === page ? code : null) };
}
