import { strict as assert } from "node:assert";
import { click, findOne, press, readColumn, untilRows, untilText } from "../support/page-tools.ts";
import { checkView, type Place } from "../support/place.ts";
import { ALL_CAPABILITIES, type ShownView } from "../support/shown-view.ts";

async function showAcme(view: ShownView): Promise<void> {
  await view.show("get_domain_pages", { target: "acme.example", limit: 1000 });
  await untilRows(view.frame, 80);
}

const paramsOf = (view: ShownView, wanted: string) =>
  view.asked.filter(({ method }) => method === wanted).map(({ params }) => params);

export async function checkActions(place: Place): Promise<void> {
  await checkView(place, "rows and the redirect map are saved as the server writes them", async (view) => {
    await showAcme(view);
    for (const [button, file, start] of [
      ["Save rows as CSV", "rows.csv", "id,url,http,"],
      ["Save redirect map", "redirects.csv", ""],
    ] as const) {
      await press(view.frame, button);
      await untilText(view.frame, `Saved acme.example-${file}`);
      const [saved] = paramsOf(view, "ui/download-file").slice(-1) as [
        { contents: { type: string; resource: { uri: string; mimeType: string; text: string } }[] },
      ];
      const [uri] = paramsOf(view, "resources/read").slice(-1) as [{ uri: string }];
      const { contents } = (await place.server.read(uri.uri)) as { contents: { text: string }[] };
      const [{ resource }] = saved.contents as [(typeof saved.contents)[number]];
      assert.equal(resource.uri, `file:///acme.example-${file}`);
      assert.equal(resource.text, contents[0]?.text);
      assert(resource.text.startsWith(start) && resource.text.length > 100);
    }
  });

  await checkView(place, "marked rows are told to the model in few words", async (view) => {
    await showAcme(view);
    await click(view.frame, '.row[data-handle="p2"] input');
    await click(view.frame, '.row[data-handle="p7"] input');
    await press(view.frame, "Ask about 2 marked");
    await untilText(view.frame, "will read 2 rows");
    const [{ content }] = paramsOf(view, "ui/update-model-context") as [{ content: { text: string }[] }];
    const text = content[0]?.text ?? "";
    assert.match(
      text,
      /^In the view of snapshot s_\w+ \(acme\.example\) the person looks at 2 rows, marked by hand:\n/,
    );
    assert(text.includes('p2 "/anvil-size-calculator": http 404, rank 463, 269 backlinks, 123 domains'), text);
    assert.equal(paramsOf(view, "ui/message").length, 0);
    return `${text.length} characters`;
  });

  await checkView(
    place,
    "a host that takes messages only gets what the table shows as one, and no more rows than a model reads",
    async (view) => {
      await showAcme(view);
      await press(view.frame, "Ask about these rows");
      await untilText(view.frame, "Sent 80 rows");
      const [{ role, content }] = paramsOf(view, "ui/message") as [{ role: string; content: { text: string }[] }];
      assert.equal(role, "user");
      assert(content[0]?.text.includes("\n60 more\n"));
    },
    { capabilities: { serverTools: {}, message: { text: {} } } },
  );

  await checkView(
    place,
    "a question to the whole snapshot narrows the table to what the server selected",
    async (view) => {
      const { frame } = view;
      await showAcme(view);
      await click(frame, ".question summary");
      await frame.select('.question [name="status"]', "dead");
      await (await findOne(frame, '.question [name="min_backlinks"]')).type("20");
      await click(frame, ".question button");
      await untilText(frame, "asked:");
      const asked = view.calls("query_domain_pages").at(-1)?.params["arguments"];
      const { snapshot_id: _id, ...conditions } = asked as Record<string, unknown>;
      assert.deepEqual(conditions, { status: "dead", min_backlinks: 20 });
      const shown = await readColumn(frame, "backlinks");
      assert(shown.length > 1 && shown.every((count) => Number(count) >= 20), shown.join());
      await (await findOne(frame, '.question [name="text"]')).type("calculator\n");
      await untilRows(frame, 1);
    },
  );

  await checkView(place, "a question that is refused is told in the server's words", async (view) => {
    await showAcme(view);
    await click(view.frame, ".question summary");
    await (await findOne(view.frame, '.question [name="min_backlinks"]')).type("-3");
    await click(view.frame, ".question button");
    await untilText(view.frame, "min_backlinks");
    await untilText(view.frame, "80 of 80 rows");
  });

  await checkView(
    place,
    "where the host can switch, the view goes full screen and back",
    async (view) => {
      await showAcme(view);
      await press(view.frame, "Full screen");
      await untilText(view.frame, "Back into the conversation");
      assert.deepEqual(paramsOf(view, "ui/request-display-mode"), [{ mode: "fullscreen" }]);
    },
    {
      capabilities: ALL_CAPABILITIES,
      context: { displayMode: "inline", availableDisplayModes: ["inline", "fullscreen"] },
      answer: ({ method, params }) =>
        method === "ui/request-display-mode" ? Promise.resolve({ mode: params["mode"] }) : undefined,
    },
  );
}
