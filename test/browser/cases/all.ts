import { serveSandbox } from "../../../src/sandbox/http-face.ts";
import { createWorld } from "../../../src/sandbox/world.ts";
import { plainItems, toAnswer } from "../support/answers.ts";
import { openBrowser } from "../support/browser.ts";
import type { Checks } from "../support/checks.ts";
import { hostileItems } from "../support/hostile-items.ts";
import { createRandom } from "../support/random.ts";
import { openServer } from "../support/server.ts";
import { checkAccess } from "./access.ts";
import { checkActions } from "./actions.ts";
import { checkComparison } from "./comparison.ts";
import { checkFile } from "./file.ts";
import { checkHostile } from "./hostile.ts";
import { checkHosts } from "./hosts.ts";
import { checkOfficialHost } from "./official-host.ts";
import { checkPurchase } from "./purchase.ts";
import { checkSpeed } from "./speed.ts";
import { checkTable } from "./table.ts";
import { HOSTILE, MANY } from "./targets.ts";
import { checkWatchers } from "./watchers.ts";

/** Where the hostile lists come from: the same on every run, unless another seed is asked for. */
const SEED = Number(process.env["VIEW_TEST_SEED"] ?? 20_261_126);

/** What a gateway asks for a call in these tests, US dollars. */
const PRICES = { perCallUsd: 0.02, perPageUsd: 0.0001 };

/** All cases, over one browser and two servers: one on its sandbox, one in front of a gateway that sells. */
export async function runCases(checks: Checks, print: (line: string) => void): Promise<void> {
  const gateway = await serveSandbox({ world: createWorld(), port: 0, prices: PRICES });
  const { browser, name } = await openBrowser();
  print(`browser: ${name}`);
  const random = createRandom(SEED);
  const saved = [
    toAnswer(MANY, plainItems(MANY, 1000, random), random),
    toAnswer(HOSTILE, hostileItems(HOSTILE, 300, random), random),
  ];
  const server = await openServer({}, saved);
  const paid = await openServer({ AISA_API_KEY: "sk-aisa-test", AISA_BASE_URL: `${gateway.origin}/apis/v1` });
  try {
    const place = { browser, server, checks };
    await checkWatchers(place);
    await checkTable(place);
    await checkActions(place);
    await checkPurchase({ browser, server: paid, checks, books: gateway.books });
    await checkComparison(place);
    await checkHosts(place);
    await checkOfficialHost(place);
    await checkFile(place);
    await checkAccess(place);
    await checkHostile(place, SEED);
    await checkSpeed(place);
  } finally {
    await Promise.all([browser.close(), server.close(), paid.close()]);
    await gateway.close();
  }
}
