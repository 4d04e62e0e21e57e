import { follow, hold } from "../support/conversation.mjs";

/** What each release is installed as. */
const RELEASES = {
  "0.4.0": "sdk-0-4",
  "1.0.0": "sdk-1-0",
  "1.10.0": "sdk-1-10",
  "1.11.4": "sdk-1-11",
  "1.32.2": "sdk-1-32",
};

await hold(async (session) => {
  const { server, variant } = session;
  const load = (module) => import(`${RELEASES[variant]}/${module}.js`);
  const [{ Client }, { CallToolResultSchema, ListToolsResultSchema }] = await Promise.all([
    load("client/index"),
    load("types"),
  ]);
  const client = new Client({ name: "sdk-older", version: "1" }, { capabilities: {} });
  if (server.url) {
    const { StreamableHTTPClientTransport } = await load("client/streamableHttp");
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
  } else {
    const { StdioClientTransport } = await load("client/stdio");
    await client.connect(new StdioClientTransport(server));
  }
  try {
    // Spelled out, since the oldest releases have no `listTools` and `callTool`.
    const { tools } = await client.request({ method: "tools/list" }, ListToolsResultSchema);
    const call = (params) => client.request({ method: "tools/call", params }, CallToolResultSchema);
    return await follow(session, { tools, call });
  } finally {
    await client.close();
  }
});
