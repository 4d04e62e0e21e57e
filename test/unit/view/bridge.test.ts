import { describe, expect, it } from "vitest";
import { connectHost, type HostEvents, readHostContext } from "../../../src/view/bridge/host.ts";
import { createPeer, type Params, PeerError, type Port } from "../../../src/view/bridge/peer.ts";

/** Two ends of one line. */
function createLine(): { here: Port; there: Port } {
  const listeners: [((message: unknown) => void)[], ((message: unknown) => void)[]] = [[], []];
  const end = (own: 0 | 1, other: 0 | 1): Port => ({
    send: (message) => {
      for (const receive of listeners[other]) queueMicrotask(() => receive(structuredClone(message)));
    },
    listen: (receive) => {
      listeners[own].push(receive);
      return () => listeners[own].splice(listeners[own].indexOf(receive), 1);
    },
  });
  return { here: end(0, 1), there: end(1, 0) };
}

const silent = { onRequest: () => undefined, onNotification: () => {} };

describe("the two ends of a bridge", () => {
  it("answer each other's calls, whichever comes first", async () => {
    const { here, there } = createLine();
    const asking = createPeer(here, silent);
    createPeer(there, { ...silent, onRequest: (method, params) => ({ method, ...params }) });
    const answers = await Promise.all([asking.request("a", { x: 1 }), asking.request("b", {})]);
    expect(answers).toEqual([{ method: "a", x: 1 }, { method: "b" }]);
  });

  it("fail a call in the other's words", async () => {
    const { here, there } = createLine();
    const asking = createPeer(here, silent);
    createPeer(there, silent);
    await expect(asking.request("unheard/of", {})).rejects.toThrow(new PeerError("Unknown method: unheard/of"));
  });

  it("take no notice of what is not of their language, or answers nothing", () => {
    const heard: string[] = [];
    const { here, there } = createLine();
    createPeer(here, { ...silent, onNotification: (method) => heard.push(method) });
    for (const message of [
      null,
      "text",
      5,
      [],
      {},
      { jsonrpc: "1.0", method: "x" },
      { jsonrpc: "2.0", id: 99, result: {} },
    ]) {
      there.send(message);
    }
    there.send({ jsonrpc: "2.0", method: "heard" });
    return Promise.resolve().then(() => expect(heard).toEqual(["heard"]));
  });
});

describe("a host", () => {
  const events: HostEvents = {
    onInput: () => {},
    onResult: () => {},
    onCancelled: () => {},
    onContext: () => {},
    onTeardown: () => {},
  };

  async function connect(answers: Record<string, Params>) {
    const { here, there } = createLine();
    const asked: [string, Params][] = [];
    createPeer(there, {
      onRequest: (method, params) => {
        asked.push([method, params]);
        return answers[method];
      },
      onNotification: (method, params) => asked.push([method, params]),
    });
    return { asked, host: await connectHost(here, "1.2.3", events) };
  }

  it("is greeted in the order that the protocol asks for, and can what it says", async () => {
    const { asked, host } = await connect({
      "ui/initialize": { hostCapabilities: { serverTools: {}, message: null } },
    });
    expect(asked[0]).toEqual([
      "ui/initialize",
      {
        appInfo: { name: "domain-pages-mcp", version: "1.2.3" },
        appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
        protocolVersion: "2026-01-26",
      },
    ]);
    await Promise.resolve();
    expect(asked[1]).toEqual(["ui/notifications/initialized", {}]);
    expect(host.can).toEqual({
      callTools: true,
      readResources: false,
      openLinks: false,
      downloadFiles: false,
      updateContext: false,
      sendMessages: false,
    });
  });

  it("that did not do what it was asked for is an error", async () => {
    const { host } = await connect({ "ui/initialize": {}, "ui/open-link": { isError: true } });
    await expect(host.openLink("https://acme.example/")).rejects.toThrow(PeerError);
  });

  it("gives a tool's result in whatever state, which is read as far as it goes", async () => {
    const { host } = await connect({
      "ui/initialize": {},
      "tools/call": { content: [{ type: "text", text: "a" }, null, { text: 5 }], isError: "yes" },
    });
    expect(await host.callTool("x", {})).toEqual({ isError: false, text: "a", structured: {}, meta: {} });
  });

  it("tells its place, of which only what is understood is taken", () => {
    expect(
      readHostContext({
        theme: "purple",
        locale: 5,
        timeZone: "UTC",
        styles: { variables: { "--color-text-primary": "red", "--x": 5 } },
        safeAreaInsets: { top: 4, left: -2 },
        availableDisplayModes: ["inline", 7],
      }),
    ).toEqual({
      timeZone: "UTC",
      variables: { "--color-text-primary": "red" },
      safeArea: { top: 4, right: 0, bottom: 0, left: 0 },
      displayModes: ["inline"],
    });
  });
});
