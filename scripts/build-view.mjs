// Makes the page of the interactive view: one HTML file that loads nothing.

/** @returns {Promise<string>} the page; its element `view-file` is where a file for people gets its data */
export async function buildViewHtml(_root) {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Domain pages</title></head>
<body><pre id="data"></pre>
<script type="application/json" id="view-file">null</script>
<script>
document.getElementById("data").textContent = document.getElementById("view-file").textContent;
</script>
</body>
</html>
`;
}
