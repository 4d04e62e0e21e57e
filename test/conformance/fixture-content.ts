import { completable, type McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { z } from "zod";

/** One red pixel. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/** No sound at all: a header and no samples. */
export const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

const user = "user" as const;

/** The resources that the suite reads. */
export function registerFixtureResources(server: McpServer): void {
  server.registerResource(
    "static-text",
    "test://static-text",
    { description: "Text", mimeType: "text/plain" },
    async ({ href }) => ({
      contents: [{ uri: href, mimeType: "text/plain", text: "This is the content of the static text resource." }],
    }),
  );
  server.registerResource(
    "static-binary",
    "test://static-binary",
    { description: "A picture", mimeType: "image/png" },
    async ({ href }) => ({ contents: [{ uri: href, mimeType: "image/png", blob: PNG }] }),
  );
  server.registerResource(
    "watched",
    "test://watched-resource",
    { description: "Can be subscribed to", mimeType: "text/plain" },
    async ({ href }) => ({ contents: [{ uri: href, mimeType: "text/plain", text: "Watched." }] }),
  );
  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", { list: undefined }),
    { description: "Data by id", mimeType: "application/json" },
    async ({ href }, { id }) => {
      const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return { contents: [{ uri: href, mimeType: "application/json", text }] };
    },
  );
  // Of the older era; McpServer has no words for it. Nothing changes here, so there is nothing to remember.
  server.server.setRequestHandler("resources/subscribe", () => ({}));
  server.server.setRequestHandler("resources/unsubscribe", () => ({}));
}

/** The prompts that the suite gets, without the one that asks for input. */
export function registerFixturePrompts(server: McpServer): void {
  const text = (words: string) => ({ role: user, content: { type: "text" as const, text: words } });
  server.registerPrompt("test_simple_prompt", { description: "No arguments" }, async () => ({
    messages: [text("This is a simple prompt for testing.")],
  }));
  const offer = (typed: string | undefined) =>
    ["testValue1", "testValue2"].filter((one) => one.startsWith(typed ?? ""));
  server.registerPrompt(
    "test_prompt_with_arguments",
    {
      description: "Two arguments",
      argsSchema: z.object({ arg1: completable(z.string(), offer), arg2: completable(z.string(), offer) }),
    },
    async ({ arg1, arg2 }) => ({ messages: [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  );
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description: "A resource inside", argsSchema: z.object({ resourceUri: z.string() }) },
    async ({ resourceUri }) => {
      const resource = { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." };
      return {
        messages: [
          { role: user, content: { type: "resource" as const, resource } },
          text("Please process the embedded resource above."),
        ],
      };
    },
  );
  server.registerPrompt("test_prompt_with_image", { description: "A picture inside" }, async () => ({
    messages: [
      { role: user, content: { type: "image" as const, data: PNG, mimeType: "image/png" } },
      text("Please analyze the image above."),
    ],
  }));
}
