import { strict as assert } from "node:assert";
import type { Books } from "../../../src/sandbox/gateway.ts";
import { hasButton, press, readText, until, untilText } from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";
import type { ShownView } from "../support/shown-view.ts";

/** In front of a gateway that sells, whose books say what was really billed. */
export async function checkPurchase(place: Place & { books: Books }): Promise<void> {
  const billed = () => place.books.read().billed.calls;
  const showTen = async (view: ShownView) => {
    await view.show("get_domain_pages", { target: "acme.example", limit: 10 });
    await untilText(view.frame, "Fetch all 93 pages");
  };
  const isPriced = (view: ShownView) => untilText(view.frame, "as quoted");

  await checkView(place, "a first click shows the price and what is left, and buys nothing", async (view) => {
    await showTen(view);
    const before = billed();
    await press(view.frame, "Fetch all 93 pages");
    await isPriced(view);
    const offer = await readText(view.frame, ".priced");
    assert.match(offer, /Fetch all 93 pages: \$0\.0\d+ as quoted/);
    assert.match(offer, /left of today's budget/);
    assert.match(offer, /Buy for \$0\.0\d+/);
    assert.equal(view.calls("get_domain_pages").length, 0);
    assert.equal(view.calls("estimate_domain_pages").length, 1);
    assert.equal(billed(), before);
  });

  await checkView(place, "Escape and Cancel leave the offer, and nothing is bought", async (view) => {
    await showTen(view);
    const before = billed();
    const fromElsewhere = async () => {
      await view.frame.focus(".row");
      await view.page.keyboard.press("Escape");
    };
    const ways = [() => view.page.keyboard.press("Escape"), fromElsewhere, () => press(view.frame, "Cancel")];
    for (const leave of ways) {
      await press(view.frame, "Fetch all 93 pages");
      await isPriced(view);
      await leave();
      await until(view.frame, "the offer is gone", () => document.querySelector(".priced") === null);
    }
    assert.equal(view.calls("get_domain_pages").length, 0);
    assert.equal(billed(), before);
  });

  await checkView(place, "the same key pressed twice buys nothing", async (view) => {
    await showTen(view);
    await view.frame.evaluate(() => {
      const buttons = [...document.querySelectorAll("button")];
      buttons.find((each) => each.textContent?.startsWith("Fetch all"))?.focus();
    });
    await view.page.keyboard.press("Enter");
    await isPriced(view);
    await view.page.keyboard.press("Enter");
    await until(view.frame, "the offer is gone", () => document.querySelector(".priced") === null);
    assert.equal(view.calls("get_domain_pages").length, 0);
  });

  await checkView(
    place,
    "a purchase that is refused is told in the server's words, and what was shown stays",
    async (view) => {
      await showTen(view);
      await press(view.frame, "Fetch all 93 pages");
      await isPriced(view);
      await press(view.frame, "Buy for $");
      await untilText(view.frame, "Over today's budget.\nNot charged.");
      await untilText(view.frame, "Fetch all 93 pages");
      assert.match(await readText(view.frame, ".told"), / rows/);
    },
    {
      answer: ({ method, params }) =>
        method === "tools/call" && params["name"] === "get_domain_pages"
          ? Promise.resolve({ isError: true, content: [{ type: "text", text: "Over today's budget.\nNot charged." }] })
          : undefined,
    },
  );

  await checkView(place, "a second click on the price buys once, and shows what was bought", async (view) => {
    await showTen(view);
    const before = billed();
    await press(view.frame, "Fetch all 93 pages");
    await isPriced(view);
    await press(view.frame, "Buy for $");
    await untilText(view.frame, "80 of 80 rows");
    assert.deepEqual(
      view.calls("get_domain_pages").map(({ params }) => params["arguments"]),
      [{ target: "acme.example", limit: 93 }],
    );
    assert.equal(billed(), before + 1);
    assert.equal(await hasButton(view.frame, "Fetch all"), false);
  });

  await checkView(place, "what is kept already is offered for nothing", async (view) => {
    await showTen(view);
    await press(view.frame, "Fetch again");
    await untilText(view.frame, "Fetch for $0");
    assert.equal(view.calls("get_domain_pages").length, 0);
  });

  const untold = {
    content: [],
    structuredContent: { price: { no_quote: "the gateway gave none" }, budget: { per_call_usd: 0.5 } },
  };
  await checkView(
    place,
    "a price that is not told is said so, and needs the second click all the same",
    async (view) => {
      await showTen(view);
      await press(view.frame, "Fetch again");
      await untilText(view.frame, "no price is told (the gateway gave none). It costs at most $0.50.");
      assert(await hasButton(view.frame, "Buy for at most $0.50"));
      assert.equal(view.calls("get_domain_pages").length, 0);
    },
    {
      answer: ({ method, params }) =>
        method === "tools/call" && params["name"] === "estimate_domain_pages" ? Promise.resolve(untold) : undefined,
    },
  );
}
