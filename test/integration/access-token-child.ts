/** Adds tokens to a file, one change each: `<file> <prefix> <count>`; with the prefix "hold", holds its lock until killed. */
import { changeTokenFile, withTokenFileLock } from "../../src/access/change-token-file.ts";
import { createStaticToken, toTokenDigest } from "../../src/access/token-file.ts";

const [file = "", prefix = "", count = "0"] = process.argv.slice(2);
if (prefix === "hold") {
  await withTokenFileLock(file, () => {
    process.send?.("held");
    return new Promise((resolve) => process.once("disconnect", resolve));
  });
}
for (let index = 0; index < Number(count); index += 1) {
  const { id, token } = createStaticToken();
  await changeTokenFile(file, (entries) => [
    ...entries,
    {
      id,
      name: `${prefix}${index}`,
      sha256: toTokenDigest(token).toString("hex"),
      scopes: ["pages:read"],
      tenant: null,
      daily_budget_usd: null,
      calls_per_minute: null,
      created: "2026-11-24T09:00:00.000Z",
      expires: null,
    },
  ]);
}
